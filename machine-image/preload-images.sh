#!/usr/bin/env bash
# Fills an empty containerd store from a ready one without copying its files: databases are copied, all else is linked.
set -o errexit -o nounset -o pipefail

from=$(readlink -f "$1")
to=$2
snapshots=io.containerd.snapshotter.v1.overlayfs
mkdir -p "$to/$snapshots/snapshots"
cp "$from/$snapshots/metadata.db" "$to/$snapshots/"
for snapshot in "$from/$snapshots/snapshots"/*; do
  mkdir -p "$to/$snapshots/snapshots/${snapshot##*/}/work"
  ln -s "$snapshot/fs" "$to/$snapshots/snapshots/${snapshot##*/}/fs"
done
mkdir -p "$to/io.containerd.content.v1.content/ingest"
cp -as "$from/io.containerd.content.v1.content/blobs" "$to/io.containerd.content.v1.content/"
# Last, since containerd and this unit take its presence for a complete store.
cp -a "$from/io.containerd.metadata.v1.bolt" "$to/"
