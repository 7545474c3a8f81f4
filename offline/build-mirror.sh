#!/usr/bin/env bash
# Adds what one Kubernetes version needs to the mirror, from Go modules and distribution packages; the last line is its folder.
set -o errexit -o nounset -o pipefail
# shellcheck source=offline/go.sh
source "$(dirname "${BASH_SOURCE[0]}")/go.sh"
# shellcheck source=offline/mirror-contents.sh
source "$here/mirror-contents.sh"
# shellcheck source=scripts/mirror.sh
source "$here/../scripts/mirror.sh"

kubernetes=${1:-1.37.1}
containerd=2.3.7 runc=1.4.3 cni_plugins=1.9.1 cni_flannel=0.9.1 flannel=0.28.9 flannel_cni_plugin=1.9.1-flannel3
base_packages=busybox-static,conntrack,iproute2,iptables,kmod,nftables
strip="-s -w"

main() {
  local etcd coredns shared key shared_key arch
  [[ -f $modules/kubernetes-$kubernetes/parts ]] ||
    fail "Kubernetes $kubernetes cannot be built here; there is $(cd "$modules" && echo kubernetes-*)." \
      "offline/README.md says how to add one."
  read -r etcd coredns <"$modules/kubernetes-$kubernetes/parts"
  ensure_go
  arch=$(go env GOARCH)
  shared=("containerd-$containerd" "runc-$runc" "cni-plugins-$cni_plugins" "cni-flannel-$cni_flannel" "flannel-$flannel")
  shared_key=$(key_of "${shared[@]}")
  key=$(key_of "kubernetes-$kubernetes" "$etcd" "$coredns" "${shared[@]}")
  if ! mirror_is_complete "$kubernetes" "$arch" "built $key"; then
    build
  fi
  printf '%s\n' "$MIRROR"
}

# key_of MODULE...: changes with the modules and with what is made of them.
key_of() {
  {
    sums_of "${@/#/$modules/}"
    cat "$here/"{build-mirror,mirror-contents,images}.sh | sha256sum
  } | sha256sum | head --bytes 12
}

# What versions share is published first, so the mark of a version says that the mirror has all that this version needs.
build() {
  local with_shared=false base made
  begin_steps 6
  mirror_is_complete "$kubernetes" "$arch" "built $key" && return
  if ! mirror_is_complete shared "$arch" "built $shared_key"; then
    with_shared=true step_total=12
  fi
  "$here/../scripts/install-packages.sh" gcc libc6-dev libseccomp-dev mmdebstrap pkg-config >&2
  compile_kubernetes
  if $with_shared; then compile_shared; fi
  base=$products/base-$arch-$(sha256sum <<<"$base_packages $(declare -f make_base)" | head --bytes 12)
  step "base of the images" "$base" make_base
  wait_for_steps
  made=("$products/"{images,archives}"-$kubernetes-$arch-$key")
  step "images" "${made[0]}" make_images
  step "archives" "${made[1]}" make_archives
  if $with_shared; then step "what versions share" "$products/shared-$arch-$shared_key" make_shared; fi
  wait_for_steps
  if $with_shared; then publish_mirror shared "$arch" "built $shared_key" "$products/shared-$arch-$shared_key"; fi
  publish_mirror "$kubernetes" "$arch" "built $key" "${made[@]}"
}

compile_kubernetes() {
  local package ldflags=$strip
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    ldflags+=" -X $package.gitVersion=v$kubernetes -X $package.gitMajor=1 -X $package.gitMinor=$(cut -d . -f 2 <<<"$kubernetes")"
    ldflags+=" -X $package.gitTreeState=clean -X $package.gitCommit=unknown"
  done
  go_step "kubernetes $kubernetes" "kubernetes-$kubernetes" -ldflags "$ldflags" tool
  go_step "${etcd/-/ }" "$etcd" -ldflags "$strip" tool
  go_step "${coredns/-/ }" "$coredns" -ldflags "$strip" tool
}

compile_shared() {
  go_step "containerd $containerd" "containerd-$containerd" -tags netgo,osusergo,static_build,no_btrfs,no_devmapper,no_zfs \
    -ldflags "$strip -X github.com/containerd/containerd/v2/version.Version=v$containerd" tool
  CGO_ENABLED=1 go_step "runc $runc" "runc-$runc" -tags seccomp,urfave_cli_no_docs,netgo,osusergo \
    -ldflags "$strip -extldflags -static" tool
  go_step "CNI plugins $cni_plugins" "cni-plugins-$cni_plugins" \
    -ldflags "$strip -X github.com/containernetworking/plugins/pkg/utils/buildversion.BuildVersion=v$cni_plugins" tool
  go_step "flannel's CNI plugin $cni_flannel" "cni-flannel-$cni_flannel" -ldflags "$strip" tool
  CGO_ENABLED=1 go_step "flannel $flannel" "flannel-$flannel" -tags osusergo,netgo \
    -ldflags "$strip -X github.com/flannel-io/flannel/pkg/version.Version=v$flannel -extldflags -static" tool
}

main
