#!/usr/bin/env bash
# Turns a fresh or restarted container into a machine: what Docker mounts read-only becomes writable, then systemd runs.
set -o errexit -o nounset -o pipefail

# The host key comes through `docker exec` right after the container's first start.
until [[ -s /etc/ssh/ssh_host_ed25519_key ]]; do sleep 0.05; done

# Without `bind` a remount of a cgroup v1 hierarchy fails with "mount point is busy".
while read -r _ target type _; do
  case $type in
    cgroup | cgroup2) mount -o remount,bind,rw "$target" ;;
  esac
done < <(grep ' /sys/fs/cgroup' /proc/mounts)
mount -o remount,rw /sys/fs/cgroup 2>/dev/null || true
mount --make-rshared /

# kubeadm, kubelet and flannel look for a default route, and Services are reached by it before their address is
# translated. It leads to an address that nobody has: the network has no way out.
device=$(ip -4 -oneline address | awk -v own="$ADDRESS/" 'index($4, own) == 1 {print $2}')
nobody=${ADDRESS%.*}.254
ip route replace default via "$nobody" dev "$device"

# Docker's own resolver listens on a loopback address that no pod can reach.
echo "nameserver $nobody" >/etc/resolv.conf

exec /sbin/init
