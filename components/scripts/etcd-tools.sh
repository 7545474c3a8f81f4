#!/usr/bin/env bash
# The programs of an etcd release.

# install_etcd_programs NAME...: of etcd, etcdctl and etcdutl, those that are not of the described release yet.
install_etcd_programs() {
  local wanted name folder=/usr/local/lib/pulumi-kubeadm/etcd-release.new missing=()
  wanted=$(download etcd)
  for name in "$@"; do
    [[ -x /usr/local/bin/$name && $(installed_release "$name") == "$wanted" ]] || missing+=("$name")
  done
  ((${#missing[@]} > 0)) || return 0
  claim "${missing[@]}"
  rm --recursive --force "$folder"
  unpack etcd "$folder"
  for name in "${missing[@]}"; do
    # Should it end here, nobody knows what the program is of.
    install -D --mode 0644 /dev/null "/usr/local/lib/pulumi-kubeadm/$name"
    install -D --mode 0755 "$folder"/*/"$name" "/usr/local/bin/$name"
    install -D --mode 0644 /dev/stdin "/usr/local/lib/pulumi-kubeadm/$name" <<<"$wanted"
  done
  rm --recursive --force "$folder"
}

installed_release() {
  cat "/usr/local/lib/pulumi-kubeadm/$1" 2>/dev/null || true
}
