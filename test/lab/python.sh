# shellcheck shell=bash disable=SC2034,SC2154  # shares variables with lab and its other parts
# Which Python programs does the lab have? Each folder of them is made from python/<name>.txt, once per content of that file.

VENVS=(ansible checkov dask open-webui judges)
UV_VERSION=0.13.9
UV=$CACHE/uv-$UV_VERSION/bin/uv

venv_path() { echo "$CACHE/venv-$1-$(sha256sum <"$here/python/$1.txt" | cut -c1-12)"; }

build_uv() {
  [[ ! -x $UV ]] || return 0
  did=installed
  python3 -m venv "$CACHE/uv-$UV_VERSION" && "$CACHE/uv-$UV_VERSION/bin/pip" install --quiet "uv==$UV_VERSION"
}

# fill_venv FOLDER NAME. Debian's Python, and programs that run wherever the folder is copied, into an image for one.
fill_venv() {
  local words=(--quiet --no-cache --native-tls)
  "$UV" venv "${words[@]}" --relocatable --python /usr/bin/python3 "$1" &&
    "$UV" pip install "${words[@]}" --no-deps --no-build --compile-bytecode --python "$1" -r "$here/python/$2.txt"
}

build_venv() {
  local dir
  dir=$(venv_path "$1")
  [[ ! -d $dir ]] || return 0
  did=installed
  rm -rf "$dir.new" && fill_venv "$dir.new" "$1" && rm -rf "$CACHE/venv-$1-"???????????? || return   # of older lists
  mv "$dir.new" "$dir"
}

# What hosts without a network install Dask from: one archive, named by the list.
wheels_path() { echo "$CACHE/wheels-dask-$(sha256sum <"$here/../../ansible/roles/dask/files/requirements.txt" | cut -c1-12).tar"; }

build_wheels() {
  local archive folder
  archive=$(wheels_path)
  [[ ! -s $archive ]] || return 0
  did=loaded
  folder=$(mktemp -d) && "${UV%/uv}/pip" download --quiet --require-hashes --no-deps --only-binary=:all: --dest "$folder" \
    --requirement "$here/../../ansible/roles/dask/files/requirements.txt" &&
    tar -cf "$archive.new" -C "$folder" . && rm -f "$CACHE"/wheels-dask-????????????.tar && mv "$archive.new" "$archive"
  local status=$?
  rm -rf "$folder"
  return "$status"
}
