#!/bin/sh
# Starts a Dask worker of class cpu.
set -eu
export DASK_CONFIG=/etc/muster/dask/cpu.yaml
exec dask worker tcp://dask-scheduler:8786 \
  --name cpu-"$(uname -n)"-$$ \
  --nworkers 1 \
  --nthreads 2 \
  --memory-limit 1843MiB \
  --death-timeout 60 \
  --worker-port 9100 \
  --nanny-port 9400 \
  --dashboard-address :9002 \
  --local-directory /var/lib/muster \
  --preload-nanny /etc/muster/dask/muster_retire.py
