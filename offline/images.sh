#!/usr/bin/env bash
# Sourced by build-mirror.sh: container images, each written as an archive of the form that "docker save" writes, without
# Docker. Two runs give the same bytes: fixed times, order and owners.

reproducible_tar() {
  tar --create --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --format=gnu "$@"
}

# layer FOLDER: makes the folder's content a layer; layer_id is its digest.
layer() {
  reproducible_tar --file layer.tar --directory "$1" .
  layer_id=$(sha256sum layer.tar | cut --delimiter ' ' --fields 1)
  mv layer.tar "$layer_id.tar"
  rm -rf "$1"
}

# image NAME ENTRYPOINT LAYER...: writes images/NAME.tar, an image made of layers given by their digests.
image() {
  local archive=images/$1.tar layers=("${@:3}") config config_id digests files
  printf -v digests '"sha256:%s",' "${layers[@]}"
  printf -v files '"%s.tar",' "${layers[@]}"
  config=$(
    cat <<JSON
{"architecture":"$(go env GOARCH)","os":"linux","created":"1970-01-01T00:00:00Z",
"config":{"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],"Entrypoint":["$2"],"WorkingDir":"/"},
"rootfs":{"type":"layers","diff_ids":[${digests%,}]}}
JSON
  )
  config_id=$(sha256sum <<<"$config" | cut --delimiter ' ' --fields 1)
  printf '%s\n' "$config" >"$config_id.json"
  printf '[{"Config":"%s.json","RepoTags":["%s"],"Layers":[%s]}]\n' "$config_id" "$1" "${files%,}" >manifest.json
  mkdir -p "${archive%/*}"
  reproducible_tar --file "$archive" manifest.json "$config_id.json" "${layers[@]/%/.tar}"
  rm manifest.json "$config_id.json"
}

# program_image NAME ENTRYPOINT BASE_LAYER FILE=PATH...: an image of files put at these paths, on a base layer unless that is empty.
program_image() {
  local name=$1 entrypoint=$2 base=$3 file
  for file in "${@:4}"; do
    mkdir -p "new-layer$(dirname "${file#*=}")"
    cp --link "${file%%=*}" "new-layer${file#*=}"
  done
  layer new-layer
  # shellcheck disable=SC2086 # no word when there is no base
  image "$name" "$entrypoint" $base "$layer_id"
  rm "$layer_id.tar"
}
