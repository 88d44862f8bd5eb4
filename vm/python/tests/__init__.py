"""Tests of the package `lockstep_minivm`, as it is installed."""
