#!/usr/bin/env bash
# Fills the mirror from the official sites, or from another mirror named by BASE_URL; the last line is its folder.
# Usage: download-mirror.sh [--without-images] [KUBERNETES_VERSION]
set -o errexit -o nounset -o pipefail
# shellcheck source=scripts/mirror.sh
source "$(dirname "${BASH_SOURCE[0]}")/mirror.sh"

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "$@"
  exit 1
}

main() {
  local images=yes origin=${BASE_URL:-official} software
  if [[ ${1:-} == --without-images ]]; then
    images=no origin+=" without images"
    shift
  fi
  arch=$(architecture)
  software=$(list_software "${1:-}" "$arch")
  kubernetes=$(sed -n 's#^kubeadm dl.k8s.io/release/v\([^/]*\)/.*#\1#p' <<<"$software")
  if ! mirror_is_complete "$kubernetes" "$arch" "$origin"; then
    lock_cache
    folder=$MIRROR/.downloads-$kubernetes-$arch
    mkdir -p "$folder"
    get_files "$software"
    if [[ $images == yes ]]; then
      get_images "$software"
    fi
    publish_mirror "$kubernetes" "$arch" "$origin" "$folder"
  fi
  printf '%s\n' "$MIRROR"
}

architecture() {
  case $(uname -m) in
  x86_64) echo amd64 ;;
  aarch64 | arm64) echo arm64 ;;
  *) fail "there is no Kubernetes for this computer's processor, $(uname -m); amd64 and arm64 are supported" ;;
  esac
}

# Prints "name path sha256-or-dash checksum-file" per file, and "image name" for images that kubeadm does not name.
list_software() {
  local program='
    const { downloads, flannelImages, software } = require("./components/software.ts");
    const [version, architecture] = process.argv.slice(1);
    try {
      for (const { name, path, sha256, checksums } of downloads(version || software.kubernetes, architecture))
        console.log(name, path, sha256 ?? "-", checksums);
      for (const image of flannelImages) console.log("image", image);
    } catch (error) {
      console.error(error.message);
      process.exit(1);
    }'
  (cd "$(dirname "${BASH_SOURCE[0]}")/.." && node --import tsx --eval "$program" "$@")
}

get_files() {
  local name path sha256 sums
  while read -r name path sha256 sums; do
    [[ $name != image ]] || continue
    download "$name" "$path" "$sha256" "$sums"
    chmod +x "$folder/$path"
  done <<<"$1"
}

# download NAME PATH SHA256 CHECKSUM_FILE: gets one file into the folder, unless it is there.
download() {
  local file=$folder/$2 expected=$3 started=$SECONDS
  if [[ -n ${BASE_URL:-} ]]; then
    expected=$(fetch SHA256SUMS | awk -v path="$2" '$2 == path { print $1 }')
  elif [[ $expected == - ]]; then
    expected=$(fetch "$4" | awk -v file="${2##*/}" 'NF == 1 || $2 == file || $2 == "*" file { print $1; exit }')
  fi
  [[ $expected =~ ^[0-9a-f]{64}$ ]] || fail "no checksum was found for https://$2; nothing unchecked is taken"
  matches "$file" "$expected" && return
  mkdir -p "${file%/*}"
  if matches "$MIRROR/$2" "$expected"; then
    cp --link --force "$MIRROR/$2" "$file"
    return
  fi
  fetch "$2" --output "$file"
  matches "$file" "$expected" ||
    fail "$2 has checksum $(sha256sum "$file" | cut -d ' ' -f 1), not $expected: it was changed on its way, or at its source"
  say "$1: $(($(stat --format %s "$file") / 1048576)) MB in $((SECONDS - started)) s"
}

fetch() {
  curl --fail --silent --show-error --location --retry 3 --connect-timeout 10 "${@:2}" "${BASE_URL:-https:/}/$1" ||
    fail "${BASE_URL:-https:/}/$1 could not be downloaded; run the same command again to go on, or use --offline to build instead"
}

matches() { sha256sum --check --status <<<"$2  $1" 2>/dev/null; }

# Images of a mirror are files; those of the official registries are pulled with Docker.
get_images() {
  local kubeadm names name file
  kubeadm=$folder/dl.k8s.io/release/v$kubernetes/bin/linux/$arch/kubeadm
  names=$("$kubeadm" config images list --kubernetes-version "v$kubernetes" && sed -n 's/^image //p' <<<"$1")
  for name in $names; do
    if [[ -n ${BASE_URL:-} ]]; then
      download "$name" "images/$name.tar" - -
      continue
    fi
    say "pulling $name"
    docker pull --quiet "$name" >/dev/null ||
      fail "$name could not be pulled; see that \"docker pull $name\" works, then run the same command again"
    file=$folder/images/$name.tar
    mkdir -p "${file%/*}"
    docker save --output "$file" "$name"
  done
}

main "$@"
