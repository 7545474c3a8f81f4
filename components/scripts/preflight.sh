#!/usr/bin/env bash
# The checks of a machine before anything on it is changed.
: "${ROLE:?}" "${ADDRESS:?}" "${ENDPOINT:?}" "${CA_CERTIFICATE:?}" "${ALLOW_CGROUP_V1:?}" "${KUBE_PROXY_MODE:?}"

problems=()

problem() {
  problems+=("[$1] $2")
}

# All checks run before any of them fails the step.
preflight() {
  check_system
  check_cgroup
  check_clock
  if ! is_node; then
    check_resources
    check_ports
  fi
  check_endpoint
  if ((${#problems[@]} > 0)); then
    printf '%s\n' "${problems[@]}" >&2
    fail "${#problems[@]} check(s) of the machine did not pass, see above" "the machine is not fit to be a node" \
      "put right what each check names"
  fi
}

check_system() {
  [[ -d /run/systemd/system ]] || problem systemd "systemd does not run this machine; kubelet and containerd need it"
  case $(uname -m) in
    x86_64 | aarch64) ;;
    *) problem architecture "$(uname -m) is not supported; use x86_64 or aarch64" ;;
  esac
  [[ -s /etc/machine-id ]] || problem machine-id "/etc/machine-id is empty; run systemd-machine-id-setup"
  local tool
  for tool in curl iptables conntrack openssl ss tar; do
    command -v "$tool" >/dev/null || problem "$tool" "the command $tool is missing; install its package"
  done
  if [[ $KUBE_PROXY_MODE == nftables ]] && ! command -v nft >/dev/null; then
    problem nftables "nft is missing; install nftables or set kubeProxyMode: iptables"
  fi
}

check_cgroup() {
  [[ $(stat -fc %T /sys/fs/cgroup) == cgroup2fs ]] && return
  [[ $ALLOW_CGROUP_V1 == true ]] ||
    problem cgroup "the machine uses cgroup v1, which kubelet 1.35 and newer refuse; boot with cgroup v2, or set allowCgroupV1: true"
}

# A certificate that is not valid yet is what a clock that is behind looks like later.
check_clock() {
  local start
  command -v openssl >/dev/null || return 0
  start=$(date --date "$(openssl x509 -noout -startdate <<<"$CA_CERTIFICATE" | cut -d= -f2)" +%s)
  # The computer that made the CA may be some seconds ahead.
  wait_for 120 "the cluster's CA to be valid" clock_shows "$start" ||
    problem clock "the clock shows $(date --utc +%FT%TZ), before the cluster's CA was made; set it (chrony or systemd-timesyncd)"
}

clock_shows() { (($(date +%s) >= $1)); }

check_resources() {
  local memory_mib space_mib needed_mib=900
  memory_mib=$(awk '/^MemTotal:/ {print int($2 / 1024)}' /proc/meminfo)
  space_mib=$(df --output=avail --block-size=MiB /var/lib | tail -n 1 | tr -dc 0-9)
  if [[ $ROLE == control-plane ]]; then
    needed_mib=1700
    (($(nproc) >= 2)) || problem cpu "$(nproc) CPU; a control plane needs 2"
  fi
  ((memory_mib >= needed_mib)) || problem memory "$memory_mib MiB; a $ROLE needs $needed_mib MiB"
  ((space_mib >= 2048)) || problem disk "$space_mib MiB free in /var/lib; 2048 MiB are needed"
}

check_ports() {
  local port ports=(10250) taken
  if [[ -e /etc/kubernetes/manifests && -n $(ls /etc/kubernetes/manifests) ]]; then
    return # left by an interrupted init or join, which clears it itself
  fi
  if [[ $ROLE == control-plane ]]; then
    ports+=(6443 10257 10259 2379 2380)
  fi
  command -v ss >/dev/null || return 0
  for port in "${ports[@]}"; do
    taken=$(ss --no-header --listening --tcp --processes "sport = :$port" | head -n 1)
    [[ -z $taken ]] || problem "port-$port" "taken by ${taken##* }; stop that process"
  done
}

# A refused connection is fine, nobody serves yet. No answer at all is a path that is closed. On a machine of a cloud it may
# also be a load balancer whose name, or whose part in this zone, takes some minutes.
check_endpoint() {
  local host=${ENDPOINT%:*} port=${ENDPOINT##*:} seen attempt attempts=1
  ! command -v cloud-init >/dev/null || attempts=40
  for ((attempt = 1; attempt <= attempts; attempt++)); do
    ((attempt == 1)) || sleep 5
    seen=$(timeout 5 bash -c "exec 3<>/dev/tcp/$host/$port" 2>&1) && return
    case $seen in
      *"Connection refused"* | *"reset by peer"*) return 0 ;;
    esac
  done
  case $seen in
    *"Name or service not known"* | *"name resolution"*)
      problem endpoint "the name $host of controlPlaneEndpoint does not resolve here; look at DNS" ;;
    *"No route"* | *"unreachable"*)
      problem endpoint "no route from $ADDRESS to $ENDPOINT; look at the machine's routes and the load balancer's address" ;;
    *)
      problem endpoint "$ENDPOINT did not answer within 5 s; look at firewalls and security groups between $ADDRESS and the load balancer" ;;
  esac
}
