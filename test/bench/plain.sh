#!/usr/bin/env bash
# What `npm run bench` measures Pulumi against: the same cluster on the same machines by docker and kubeadm alone.
# Usage: plain.sh create|delete
set -o errexit -o nounset -o pipefail
# shellcheck source=scripts/cache.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/cache.sh"

here=$(dirname "${BASH_SOURCE[0]}")
version=v$(sed --quiet 's/^ *kubernetes: "\(.*\)",/\1/p' "$here/../../components/software.ts")
cluster=bench-plain
prefix=172.30.77
endpoint=$prefix.5:6443
token=abcdef.0123456789abcdef
control_planes=(control-plane-1 control-plane-2 control-plane-3)
nodes=("${control_planes[@]}" worker-1 worker-2)
declare -A addresses=([load-balancer]=5 [control-plane-1]=11 [control-plane-2]=12 [control-plane-3]=13 [worker-1]=101 [worker-2]=102)

main() {
  case ${1:-} in
  create) create ;;
  delete) delete ;;
  *)
    echo "usage: plain.sh create|delete" >&2
    exit 2
    ;;
  esac
}

create() {
  step "machines" machines
  step "kubeadm init" initialize
  step "kubeadm join" join_all
  step "Ready" "$here/wait-for-cluster.sh" "$cluster" "${nodes[@]}"
}

delete() {
  docker ps --all --quiet --filter "label=$cluster" | xargs --no-run-if-empty docker rm --force --volumes >/dev/null
  docker network ls --quiet --filter "label=$cluster" | xargs --no-run-if-empty docker network rm >/dev/null
}

# step NAME COMMAND...: runs the command and says how long it took.
step() {
  local started=${EPOCHREALTIME/./}
  "${@:2}"
  printf '%-12s %5d ms\n' "$1" $(((${EPOCHREALTIME/./} - started) / 1000)) >&2
}

# each FUNCTION NODE...: runs a function for all nodes at once, and fails when one of them does.
each() {
  local node job jobs=()
  for node in "${@:2}"; do
    "$1" "$node" &
    jobs+=($!)
  done
  for job in "${jobs[@]}"; do
    wait "$job"
  done
}

# on NODE COMMAND...: runs a command on a machine, with this script's input.
on() {
  docker exec --interactive "$cluster-$1" "${@:2}"
}

machines() {
  docker network create --label "$cluster" --internal --subnet "$prefix.0/24" "$cluster" >/dev/null
  docker network create --label "$cluster" --opt com.docker.network.bridge.enable_ip_masquerade=false \
    "$cluster-published" >/dev/null
  each machine "${!addresses[@]}"
}

# The flags are those of components/scripts/local-machine.sh.
machine() {
  local address=$prefix.${addresses[$1]}
  docker create --name "$cluster-$1" --hostname "$1" --label "$cluster" \
    --network "$cluster" --ip "$address" --env "ADDRESS=$address" \
    --cap-add ALL --cap-drop SYS_RESOURCE --cgroupns private --device /dev/kmsg --device-cgroup-rule 'a *:* rwm' \
    --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined \
    --sysctl net.ipv4.ip_forward=1 --tmpfs /run --tmpfs /run/lock --tmpfs /tmp \
    --volume /var --volume /lib/modules:/lib/modules:ro --volume "$CACHE/mirror:/opt/mirror:ro" \
    pulumi-kubeadm/machine:bookworm >/dev/null
  if [[ $1 == load-balancer ]]; then
    docker network connect "$cluster-published" "$cluster-$1"
  fi
  docker start "$cluster-$1" >/dev/null
  # The machine's entry point waits for its host key.
  on "$1" ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
  on "$1" bash -c 'until [[ -S /run/dbus/system_bus_socket ]]; do sleep 0.1; done'
  if [[ $1 == load-balancer ]]; then
    haproxy_config | on "$1" bash -c 'cat >/etc/haproxy/haproxy.cfg && systemctl restart haproxy'
  else
    prepare_script | on "$1" bash -s
  fi
}

haproxy_config() {
  cat <<CONFIG
defaults
    mode tcp
    timeout connect 2s
    timeout check 2s
    timeout client 4h
    timeout server 4h
frontend kubernetes
    bind *:6443
    default_backend control-planes
backend control-planes
    option httpchk GET /readyz
    default-server check check-ssl verify none inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
$(for node in "${control_planes[@]}"; do echo "    server $node $prefix.${addresses[$node]}:6443"; done)
CONFIG
}

prepare_script() {
  echo "version=$version"
  cat <<'SCRIPT'
set -o errexit
cat >/etc/sysctl.d/90-kubernetes.conf <<SETTINGS
net.bridge.bridge-nf-call-iptables = 1
net.ipv4.ip_forward = 1
fs.inotify.max_user_instances = 8192
SETTINGS
sysctl --quiet --load=/etc/sysctl.d/90-kubernetes.conf
ln -sf "/opt/mirror/dl.k8s.io/release/$version"/bin/linux/*/{kubeadm,kubelet,kubectl} /usr/local/bin/
ln -sf /opt/mirror/github.com/opencontainers/runc/releases/download/*/runc.* /usr/local/sbin/runc
tar xf /opt/mirror/github.com/containerd/containerd/releases/download/*/*.tar.gz -C /usr/local
mkdir -p /opt/cni/bin /etc/containerd
tar xf /opt/mirror/github.com/containernetworking/plugins/releases/download/*/*.tgz -C /opt/cni/bin
cat >/etc/containerd/config.toml <<'CONFIG'
version = 3
[plugins."io.containerd.cri.v1.images".pinned_images]
sandbox = "registry.k8s.io/pause:3.10.2"
[plugins."io.containerd.cri.v1.runtime"]
restrict_oom_score_adj = true
disable_apparmor = true
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
BinaryName = "/usr/local/sbin/runc"
SystemdCgroup = true
CONFIG
cat >/etc/systemd/system/containerd.service <<'UNIT'
[Service]
Type=notify
ExecStart=/usr/local/bin/containerd
Restart=always
KillMode=process
Delegate=yes
[Install]
WantedBy=multi-user.target
UNIT
cat >/etc/systemd/system/kubelet.service <<'UNIT'
[Service]
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
ExecStart=/usr/local/bin/kubelet --bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf --config=/var/lib/kubelet/config.yaml $KUBELET_KUBEADM_ARGS
Restart=always
RestartSec=1
[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable --quiet --now containerd
systemctl enable --quiet kubelet
SCRIPT
}

initialize() {
  kubeadm_config | on control-plane-1 bash -c 'cat >/root/kubeadm.yaml'
  on control-plane-1 kubeadm init --config /root/kubeadm.yaml --ignore-preflight-errors SystemVerification >/dev/null 2>&1
  flannel_manifest | on control-plane-1 kubectl --kubeconfig /etc/kubernetes/admin.conf apply --filename - >/dev/null
}

kubeadm_config() {
  cat <<CONFIG
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
bootstrapTokens: [{ token: $token }]
localAPIEndpoint: { advertiseAddress: $prefix.11 }
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: $version
controlPlaneEndpoint: $endpoint
networking: { podSubnet: 10.244.0.0/16 }
encryptionAlgorithm: ECDSA-P256
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
cgroupDriver: systemd
failCgroupV1: false
maxOpenFiles: 20000
imageGCHighThresholdPercent: 100
evictionHard: { imagefs.available: 0%, nodefs.available: 0%, nodefs.inodesFree: 0% }
---
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: nftables
conntrack: { maxPerCore: 0, min: 0 }
CONFIG
}

flannel_manifest() {
  (cd "$here/../.." && node --import tsx --eval '
    const { flannelManifest } = require("./components/flannel.ts");
    console.log(flannelManifest({ podSubnet: "10.244.0.0/16", nftables: true }));')
}

join_all() {
  each copy_pki control-plane-2 control-plane-3
  ca_hash=$(on control-plane-1 openssl x509 -pubkey -noout -in /etc/kubernetes/pki/ca.crt |
    openssl pkey -pubin -outform der | openssl dgst -sha256 -r | cut -d' ' -f1)
  each join "${nodes[@]:1}"
}

copy_pki() {
  on control-plane-1 tar cf - -C /etc/kubernetes pki/{ca,front-proxy-ca,etcd/ca}.{crt,key} pki/sa.{key,pub} |
    on "$1" bash -c 'mkdir -p /etc/kubernetes && tar xf - -C /etc/kubernetes'
}

join() {
  local flags=()
  if [[ $1 == control-plane-* ]]; then
    flags=(--control-plane --apiserver-advertise-address "$prefix.${addresses[$1]}")
  fi
  on "$1" kubeadm join "$endpoint" --token "$token" --discovery-token-ca-cert-hash "sha256:$ca_hash" \
    --ignore-preflight-errors SystemVerification "${flags[@]}" >/dev/null 2>&1
}

main "$@"
