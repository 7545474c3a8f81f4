#!/usr/bin/env bash
# Takes a snapshot of this machine's member of etcd, checks it, and keeps the newest ones: etcd-snapshot REASON [current].
# With `current`, only of a member that has a majority's word that it knows all there is.
set -o errexit -o errtrace -o nounset -o pipefail
set -o allexport
# shellcheck source=/dev/null
source /usr/local/lib/pulumi-kubeadm/etcd-snapshot.conf
set +o allexport
: "${KEEP:?}"

readonly folder=/var/lib/pulumi-kubeadm/etcd-snapshots

main() {
  local name
  name=etcd-$(date --utc +%Y%m%dT%H%M%SZ)-$1.db
  umask 077
  install -d -m 0700 "$folder"
  cd "$folder"
  exec 9>lock
  flock --wait 300 9 || refuse "another snapshot has been going on for 300 s"
  # Also what an interrupted run left.
  trap 'rm --force partial partial.*' EXIT
  rm --force partial partial.*
  leave_room_for_etcd
  [[ ${2:-} != current ]] || say etcdctl endpoint health
  say timeout 600 etcdctl snapshot save partial
  check partial
  printf '%s  %s\n' "$(sha256sum partial | cut -d' ' -f1)" "$name" >partial.sha256
  mv partial.sha256 "$name.sha256"
  mv partial "$name"
  remove_old
  echo "$folder/$name"
}

refuse() {
  echo "no snapshot of etcd: $1" >&2
  exit 1
}

# say COMMAND...: its output is told only when it fails.
say() {
  local seen
  seen=$("$@" 2>&1) || refuse "$1 $2 $3 ended with an error: $(tail -n 3 <<<"$seen" | cut -c1-500)"
}

# A full disk would end etcd itself. What was taken on the schedule makes room, the oldest first; the newest one stays.
leave_room_for_etcd() {
  local data=/var/lib/etcd/member/snap/db needed each
  [[ -e $data ]] || return 0
  needed=$((2 * $(stat --format %s "$data")))
  for each in $(printf '%s\n' etcd-*.db | head -n -1); do
    (($(available) <= needed)) || return 0
    [[ $each != *-scheduled.db ]] || rm --force "$each" "$each.sha256"
  done
  (($(available) > needed)) ||
    refuse "$(($(available) / 1048576)) MiB are free in $folder, twice the size of etcd's data is $((needed / 1048576)) MiB"
}

available() {
  df --output=avail --block-size=1 . | tail -n 1 | tr -dc 0-9
}

# check FILE: whether its database is whole, and it ends with the hash that etcd wrote behind it.
check() {
  local written
  written=$(tail --bytes 32 "$1" | od --address-radix n --format x1 | tr -d ' \n')
  [[ $(head --bytes -32 "$1" | sha256sum | cut -d' ' -f1) == "$written" ]] || refuse "the snapshot does not have the hash that etcd gave it"
  say etcdutl snapshot status "$1"
}

# The new one is checked by now, so a good one always stays.
remove_old() {
  local each
  printf '%s\n' etcd-*.db | sort --reverse | tail -n +$((KEEP + 1)) | while read -r each; do
    rm --force "$each" "$each.sha256"
  done
  for each in etcd-*.db.sha256; do
    [[ -e ${each%.sha256} ]] || rm --force "$each"
  done
}

main "$@" </dev/null
