#!/bin/sh
# A campaign as an array of Slurm: a shard a task, all results in one folder. From the root of a checkout:
#   sbatch xtask/deploy/slurm.sh FOLDER [options of `conformance`]
# LOCKSTEP names the program if it is not `lockstep`. If only some tasks run again, how many there are is said too:
#   LOCKSTEP_SHARDS=8 sbatch --array=3,7 xtask/deploy/slurm.sh FOLDER [the same options]
# `--jobs` is no such option: a task does as much at once as sbatch's --cpus-per-task gives it.
#SBATCH --job-name=lockstep
#SBATCH --array=1-8
#SBATCH --cpus-per-task=1
set -eu
folder=$1
shift
exec "${LOCKSTEP:-lockstep}" conformance \
    --shard "auto${LOCKSTEP_SHARDS:+/$LOCKSTEP_SHARDS}" --report "$folder" --jobs "${SLURM_CPUS_PER_TASK:-1}" "$@"
