#!/usr/bin/env bash
# Builds the image of a local machine and fills the store of container images that its machines share, once each.
set -o errexit -o nounset -o pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/cache.sh
source "$here/cache.sh"
readonly image=pulumi-kubeadm/machine:bookworm
readonly source_folder=$here/../machine-image mirror=$CACHE/mirror

main() {
  local key
  key=$(cat "$source_folder"/* | sha256sum | cut -c1-16)
  if [[ $(docker image inspect --format '{{index .Config.Labels "key"}}' "$image" 2>/dev/null) != "$key" ]]; then
    build_image "$key"
  fi
  if [[ $(readlink "$mirror/containerd") != "$(store_name)" ]]; then
    lock_cache
    use_store "$(store_name)"
  fi
}

# A store is named by the images that it holds: all that the mirror has.
store_name() {
  echo "containerd-$(list_images | sha256sum | cut -c1-16)"
}

list_images() {
  awk '$2 ~ "^images/"' "$mirror/SHA256SUMS" | LC_ALL=C sort
}

# Machines that run keep the store that they link to; those that are made from here on link to this one.
use_store() {
  [[ -d $mirror/$1 ]] || fill_store "$1"
  ln --symbolic --force --no-dereference "$1" "$mirror/containerd.new"
  mv --no-target-directory "$mirror/containerd.new" "$mirror/containerd"
}

build_image() {
  echo "building the image of a machine: Debian with systemd and sshd (about half a minute)"
  local base=pulumi-kubeadm/base:bookworm packages words
  packages=$(paste --serial --delimiters , "$source_folder/packages")
  if [[ ${PULUMI_KUBEADM_SOURCE:-online} == online ]]; then
    docker build --quiet --tag "$base" - >/dev/null <<DOCKERFILE
FROM debian:bookworm-slim
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends ${packages//,/ } \
 && rm -rf /var/lib/apt/lists/*
DOCKERFILE
  else
    "$here/install-packages.sh" mmdebstrap
    mmdebstrap --quiet --variant=minbase --include="$packages" bookworm - | docker import - "$base" >/dev/null
  fi
  # The classic builder is in every Docker, buildx is not; its words are those of a failure, after a warning that it is old.
  words=$(DOCKER_BUILDKIT=0 docker build --quiet --build-arg "BASE=$base" --label "key=$1" --tag "$image" "$source_folder" 2>&1) || {
    echo "$words" >&2
    return 1
  }
}

# containerd itself unpacks the images, in a container with the mirror mounted. A store begins as the one before it, with its
# files linked and its databases copied, and takes in what that one lacks.
fill_store() {
  echo "unpacking the container images for all machines to share (up to half a minute)"
  docker run --rm --entrypoint /bin/bash --cap-add SYS_ADMIN --security-opt seccomp=unconfined \
    --security-opt apparmor=unconfined --tmpfs /run --volume "$mirror:/opt/mirror" --interactive "$image" \
    -s "$1" "$(list_images)" <<'SCRIPT'
set -o errexit -o nounset -o pipefail
export CONTAINERD_SUPPRESS_DEPRECATION_WARNINGS=1
cd /opt/mirror
rm -rf containerd-*.part
store=/opt/mirror/$1.part
if [[ -e containerd/images ]]; then
  cp --archive --link "$(readlink -f containerd)" "$store"
  find "$store" -maxdepth 2 -name '*.db' -exec cp --archive {} {}.copy \; -exec mv {}.copy {} \;
else
  install -D /dev/null "$store/images"
fi
printf '%s\n' github.com/containerd/containerd/releases/download/*/containerd-*.tar.gz | sort --version-sort | tail -n 1 |
  xargs tar --directory /usr/local --extract --file
containerd --root "$store" --log-level error &
for _ in {1..100}; do [[ -S /run/containerd/containerd.sock ]] && break; sleep 0.1; done
LC_ALL=C comm -13 "$store/images" - <<<"$2" | while read -r _ archive; do
  ctr --namespace k8s.io images import "$archive" </dev/null >/dev/null
done
kill %1
wait %1 || true
cat >"$store/images.new" <<<"$2"
mv "$store/images.new" "$store/images"
mv "$store" "/opt/mirror/$1"
SCRIPT
  [[ -d $mirror/$1 ]]
}

main "$@"
