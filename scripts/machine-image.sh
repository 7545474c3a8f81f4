#!/usr/bin/env bash
# Builds the image of a local machine and fills the store of container images that its machines share, once each.
set -o errexit -o nounset -o pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/cache.sh
source "$here/cache.sh"
readonly image=pulumi-kubeadm/machine:bookworm
readonly source_folder=$here/../machine-image

main() {
  local key
  key=$(cat "$source_folder"/* | sha256sum | cut -c1-16)
  if [[ $(docker image inspect --format '{{index .Config.Labels "key"}}' "$image" 2>/dev/null) != "$key" ]]; then
    build_image "$key"
  fi
  key=$(grep images/ "$CACHE/mirror/SHA256SUMS" | sha256sum | cut -c1-16)
  if [[ ! -d $CACHE/mirror/containerd-$key ]]; then
    fill_store "$key"
  fi
}

build_image() {
  echo "building the image of a machine: Debian with systemd and sshd (about half a minute)"
  local base=pulumi-kubeadm/base:bookworm packages
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
  # The classic builder is in every Docker; buildx is not.
  DOCKER_BUILDKIT=0 docker build --quiet --build-arg "BASE=$base" --label "key=$1" --tag "$image" "$source_folder" >/dev/null 2>&1
}

# containerd itself unpacks the images, in a container with the store mounted; machines then link to it.
fill_store() {
  echo "unpacking the container images for all machines to share (about 20 seconds)"
  local store=$CACHE/mirror/containerd-$1
  docker run --rm --entrypoint /bin/bash --cap-add SYS_ADMIN --security-opt seccomp=unconfined \
    --security-opt apparmor=unconfined --tmpfs /run --volume "$CACHE/mirror:/opt/mirror" --interactive "$image" -s "$1" <<'SCRIPT'
set -o errexit -o nounset -o pipefail
cd /opt/mirror
store=/opt/mirror/containerd-$1
rm -rf containerd-*.part
tar xf github.com/containerd/containerd/releases/download/*/containerd-*.tar.gz -C /usr/local
containerd --root "$store.part" --log-level error &
for _ in {1..100}; do [[ -S /run/containerd/containerd.sock ]] && break; sleep 0.1; done
for archive in images/*.tar; do
  ctr --namespace k8s.io images import "$archive" >/dev/null
done
kill %1
wait %1 || true
mv "$store.part" "$store"
ln -sfn "${store##*/}" containerd
SCRIPT
  [[ -d $store ]]
}

main "$@"
