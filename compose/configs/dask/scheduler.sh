#!/bin/sh
# Starts the Dask scheduler.
set -eu
export DASK_CONFIG=/etc/muster/dask/scheduler.yaml
exec dask scheduler \
  --port 8786 \
  --protocol tcp \
  --dashboard-address :8787 \
  --dashboard-prefix /muster/dask \
  --dashboard \
  --preload /etc/muster/dask/muster_preload.py
