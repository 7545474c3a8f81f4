#!/usr/bin/env bash
# Sourced by build-mirror.sh, whose variables it uses: what is made of the compiled programs, each in the folder it runs in.
# shellcheck disable=SC2154

# shellcheck source=offline/images.sh
source "$here/images.sh"

# A small root with a shell and what kube-proxy and flannel call, from this computer's own distribution.
make_base() {
  local codename tool sources
  codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
  mapfile -t sources < <(grep --recursive --files-with-matches --word-regexp "$codename-updates" /etc/apt/sources.list*)
  as_root mmdebstrap --variant=extract --include="$base_packages" --dpkgopt='path-exclude=/usr/share/*' \
    --dpkgopt='path-exclude=*/gconv/*' "$codename" - "${sources[@]}" |
    tar --extract --exclude './dev/*' --exclude './etc/apt' --exclude './etc/dpkg' \
      --exclude './etc/resolv.conf' --exclude './etc/hostname'
  for tool in {iptables,ip6tables}{,-save,-restore}; do
    ln -sf xtables-nft-multi "usr/sbin/$tool"
  done
  for tool in sh cp mv ls cat mkdir rm ln sleep; do
    ln -sf busybox "bin/$tool"
  done
}

# The images that kubeadm asks for by its own names.
make_images() {
  local name names part base_layer bin=/usr/local/bin
  local kubernetes_bin=${product_of[kubernetes-$kubernetes]} etcd_bin=${product_of[$etcd]}
  make_base_layer

  names=$("$kubernetes_bin/kubeadm" config images list --kubernetes-version "v$kubernetes")
  for name in $names; do
    part=${name##*/}
    part=${part/:/-}
    part=${part/-v/-}
    case $part in
    "kube-proxy-$kubernetes") program_image "$name" kube-proxy "$base_layer" "$kubernetes_bin/kube-proxy=$bin/kube-proxy" ;;
    kube-*"-$kubernetes")
      part=${part%-"$kubernetes"}
      program_image "$name" "$part" "" "$kubernetes_bin/$part=$bin/$part"
      ;;
    "$coredns") program_image "$name" /coredns "" "${product_of[$coredns]}/coredns=/coredns" ;;
    pause-*)
      compile_pause "${part#pause-}"
      program_image "$name" /pause "" "pause=/pause"
      rm pause
      ;;
    "${etcd%.*}".*)
      program_image "$name" etcd "" "$etcd_bin/server=$bin/etcd" "$etcd_bin/etcdctl=$bin/etcdctl" "$etcd_bin/etcdutl=$bin/etcdutl"
      ;;
    *) fail "kubeadm $kubernetes asks for $name; modules/kubernetes-$kubernetes/parts names only $etcd and $coredns" ;;
    esac
  done
  rm "$base_layer.tar"
}

make_base_layer() {
  cp --archive --link "$base" base
  layer base
  base_layer=$layer_id
}

# compile_pause VERSION: pause has a version of its own, so that all Kubernetes versions that ask for it get the same bytes.
compile_pause() {
  local source
  source=$(cd "$modules/kubernetes-$kubernetes" &&
    go mod download k8s.io/kubernetes >&2 && go list -m -f '{{.Dir}}' k8s.io/kubernetes)
  gcc -Os -Wall -static -s "-DVERSION=v$1" -o pause "$source/build/pause/linux/pause.c"
}

# Kubernetes' and etcd's release files, under the host and path where their publishers have them.
make_archives() {
  local etcd_bin=${product_of[$etcd]} release=${etcd#etcd-} tool folder
  for tool in kubeadm kubelet kubectl; do
    publish_file "${product_of[kubernetes-$kubernetes]}/$tool" "dl.k8s.io/release/v$kubernetes/bin/linux/$arch/$tool"
  done

  folder=github.com/etcd-io/etcd/releases/download/v$release
  tool=etcd-v$release-linux-$arch
  mkdir -p "$folder" "unpacked/$tool"
  cp "$etcd_bin/server" "unpacked/$tool/etcd"
  cp "$etcd_bin/"{etcdctl,etcdutl} "unpacked/$tool"
  compressed_tar "$folder/$tool.tar.gz" "$tool"
}

# What does not depend on the Kubernetes version: release files of the container runtime, and flannel's images.
make_shared() {
  local base_layer folder flannel_bin=${product_of[flannel-$flannel]}
  publish_file "${product_of[runc-$runc]}/runc" "github.com/opencontainers/runc/releases/download/v$runc/runc.$arch"

  folder=github.com/containerd/containerd/releases/download/v$containerd
  mkdir -p "$folder" unpacked/bin
  cp "${product_of[containerd-$containerd]}/"* unpacked/bin
  compressed_tar "$folder/containerd-$containerd-linux-$arch.tar.gz" bin

  folder=github.com/containernetworking/plugins/releases/download/v$cni_plugins
  mkdir -p "$folder" unpacked
  cp "${product_of[cni-plugins-$cni_plugins]}/"* unpacked
  compressed_tar "$folder/cni-plugins-linux-$arch-v$cni_plugins.tgz" .

  make_base_layer
  program_image "ghcr.io/flannel-io/flannel:v$flannel" /opt/bin/flanneld "$base_layer" \
    "$flannel_bin/flannel=/opt/bin/flanneld" "$flannel_bin/install_conf=/opt/bin/install-conf"
  program_image "ghcr.io/flannel-io/flannel-cni-plugin:v$flannel_cni_plugin" /flannel "$base_layer" \
    "${product_of[cni-flannel-$cni_flannel]}/flannel=/flannel"
  rm "$base_layer.tar"
}

publish_file() {
  mkdir -p "$(dirname "$2")"
  cp --link "$1" "$2"
}

# compressed_tar FILE PATH: packs PATH of the folder "unpacked", and removes that folder.
compressed_tar() {
  reproducible_tar --directory unpacked "$2" | gzip --no-name --fast >"$1"
  rm -rf unpacked
}
