#!/usr/bin/env bash
# etcdctl and etcdutl on a machine whose member of etcd runs in a container.

# Those of the described release; nothing is fetched when they are there.
install_etcd_tools() {
  local wanted name record=/usr/local/lib/pulumi-kubeadm/etcd-tools folder=/usr/local/lib/pulumi-kubeadm/etcd-tools.new
  wanted=$(download etcd)
  [[ -x /usr/local/bin/etcdctl && -x /usr/local/bin/etcdutl && $(cat "$record" 2>/dev/null) == "$wanted" ]] && return
  rm --recursive --force "$folder"
  unpack etcd "$folder"
  for name in etcdctl etcdutl; do
    install -D --mode 0755 "$folder"/*/"$name" "/usr/local/bin/$name"
  done
  rm --recursive --force "$folder"
  install -D --mode 0644 /dev/stdin "$record" <<<"$wanted"
}
