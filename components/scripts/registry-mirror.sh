#!/usr/bin/env bash
# Which mirrors of registries this program gave containerd: their files begin with a line of its own.

readonly mirror_mark="# Written by pulumi-kubeadm."

is_our_mirror() {
  [[ -e $1 && $(head --lines 1 "$1") == "$mirror_mark" ]]
}

# remove_mirrors_but REGISTRY...: of those of others none goes, nor what else is in a folder, such as the CA of a mirror.
remove_mirrors_but() {
  local file folder
  for file in /etc/containerd/certs.d/*/hosts.toml; do
    folder=${file%/*}
    if is_our_mirror "$file" && [[ " $* " != *" ${folder##*/} "* ]]; then
      rm "$file"
      rmdir --ignore-fail-on-non-empty "$folder"
    fi
  done
}
