#!/usr/bin/env bash
# Container images from a mirror that is a folder of this machine; without one, containerd pulls them from their registries.
: "${MIRROR?}"

# import_images IMAGE...: gives containerd those of these images that it lacks, under the names that kubeadm asks for.
import_images() {
  local image archive present
  [[ $MIRROR == file://* ]] || return 0
  present=$(containerd_client images list --quiet)
  for image in "$@"; do
    ! grep --quiet --line-regexp --fixed-strings "$image" <<<"$present" || continue
    phase "importing $image"
    archive=${MIRROR#file://}/images/$image.tar
    [[ -e $archive ]] || fail "the mirror has no image $image" "it was not filled for this Kubernetes version" "fill the mirror"
    containerd_client images import "$archive" >/dev/null ||
      fail "$image could not be imported" "see ctr's words above; the disk is full, most likely" "put right what it says"
  done
}
