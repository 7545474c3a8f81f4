#!/usr/bin/env bash
# Which mirrors of registries this program gave containerd: their files begin with a line of its own.

readonly mirror_mark="# Written by pulumi-kubeadm."

# remove_mirror FILE: what else is in its folder stays, such as the CA of a mirror.
remove_mirror() {
  rm "$1"
  rmdir --ignore-fail-on-non-empty "${1%/*}"
}

is_our_mirror() {
  [[ -e $1 && $(head --lines 1 "$1") == "$mirror_mark" ]]
}
