#!/bin/sh
# The official one installs what EXTRA_PIP_PACKAGES and the like name; this one only starts the command.
exec "$@"
