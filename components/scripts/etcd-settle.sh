#!/usr/bin/env bash
# Brings a running member of external etcd to what is described: its certificates, its snapshots, its release, its flags.
: "${ADDRESS:?}" "${KUBERNETES_VERSION:?}" "${ETCD_MINIMUM:?}" "${ETCD_SIZE:?}"
: "${unit_file:?}" "${size_key:?}" "${version_record:?}"

# What ran before, while a change of it is under way.
readonly before=/var/lib/pulumi-kubeadm/etcd-before

main() {
  local schedule
  one_at_a_time
  start_log
  phase "comparing it with its description"
  place_certificates
  install_backup /etc/etcd/pki/{ca.crt,server.crt,server.key}
  snapshot_first
  if needs_restart; then
    wait_for_turn
    change_etcd
    end_turn
  fi
  wait_for 60 "etcd to be healthy" is_healthy ||
    fail_with_words "its member of etcd is not healthy: $LAST_SEEN" "its words are below" "put right what they say, or replace the machine"
  declare_size
  install -D --mode 0644 /dev/stdin "$version_record" <<<"$KUBERNETES_VERSION"
  clear_fetched
  mapfile -t schedule < <(backup_files)
  record_files "$unit_file" /etc/etcd/pki/* "${schedule[@]}"
}

needs_restart() {
  [[ -d $before || $(<"$unit_file") != "$ETCD_UNIT" ]] || changes_release
}

changes_release() {
  [[ $(installed_release etcd) != "$(download etcd)" ]]
}

# The way back from another version, or from a setting that the data does not survive.
snapshot_first() {
  local reason
  if was_settled && [[ $(<"$version_record") != "$KUBERNETES_VERSION" ]]; then
    reason="before-v$KUBERNETES_VERSION"
  elif needs_restart; then
    reason="before-etcd-settings"
  else
    return 0
  fi
  if ! is_healthy >/dev/null 2>&1; then
    echo "$NODE: its member of etcd is not healthy; no snapshot is taken"
    return 0
  fi
  phase "taking a snapshot of etcd"
  take_snapshot "$reason" >/dev/null
}

wait_for_turn() {
  local oldest
  phase "waiting until etcd can do without it"
  wait_for 600 "etcd to be able to do without $NODE" may_restart ||
    fail "another member of etcd is missing or not healthy: $LAST_SEEN" "a restart here would put the quorum at risk" \
      "bring that one back, or replace it, then run \`pulumi up\` again"
  changes_release || return 0
  oldest=$(members_are_at_least "$ETCD_MINIMUM") ||
    fail "etcd $oldest runs, and the described release needs all members to be at least $ETCD_MINIMUM" \
      "upstream gates this upgrade" "go to a later patch of the running Kubernetes minor first, whose etcd is new enough"
}

# The only member has no other that could stand in for it.
may_restart() {
  is_alone || in_turn
}

is_alone() {
  [[ $ETCD_SIZE == 1 && $(etcdctl member list) != *$'\n'* ]]
}

# A member that does not come up gives way to what ran before.
change_etcd() {
  keep_what_runs
  install_etcd_programs etcd
  place_unit
  phase "restarting etcd"
  systemctl --no-block restart etcd
  wait_for 120 "etcd to be healthy" is_healthy || put_back
  rm --recursive --force "$before"
}

keep_what_runs() {
  [[ -d $before ]] && return
  rm --recursive --force "$before.new"
  install -d -m 0700 "$before.new"
  cp --archive "$unit_file" /usr/local/bin/etcd "$before.new"
  cp --archive /usr/local/lib/pulumi-kubeadm/etcd "$before.new/release"
  mv "$before.new" "$before"
}

put_back() {
  local words
  words=$(last_words etcd)
  mv "$before/etcd.service" "$unit_file"
  mv "$before/etcd" /usr/local/bin/etcd
  mv "$before/release" /usr/local/lib/pulumi-kubeadm/etcd
  rm --recursive --force "$before"
  systemctl daemon-reload
  systemctl --no-block restart etcd
  wait_for 60 "etcd to be healthy as before" is_healthy || true
  end_turn || true
  fail "etcd did not become healthy with its changed settings: ${words:-it wrote nothing}" \
    "a flag or a release that it does not take, most likely; what ran before was put back" \
    "set right what it complains of, then run \`pulumi up\` again"
}

# Members that are no longer meant to be there leave after this.
declare_size() {
  [[ $(etcdctl get "$size_key" --print-value-only) == "$ETCD_SIZE" ]] || etcdctl put "$size_key" "$ETCD_SIZE" >/dev/null
}

main "$@" </dev/null
