"""What the models of all subjects share: reading a case strictly, naming a profile, answering a batch.

It knows no subject. `lockstep_model`, above the models, knows them all.
"""

__version__ = "0.1.0"
