#!/usr/bin/env bash
# Snapshots of this machine's member of etcd: the command that takes one, and its schedule.
: "${SNAPSHOT_SCRIPT?}" "${SNAPSHOT_CALENDAR?}" "${SNAPSHOT_DELAY_SECONDS?}" "${SNAPSHOT_KEEP?}"
: "${log_file?}"

readonly snapshot_command=/usr/local/lib/pulumi-kubeadm/etcd-snapshot
readonly snapshot_unit=pulumi-kubeadm-etcd-snapshot

# install_backup CA CERTIFICATE KEY: files with which a client gets to the member.
install_backup() {
  install_etcd_programs etcdctl etcdutl
  install -d -m 0700 /var/lib/pulumi-kubeadm/etcd-snapshots
  write_file "$snapshot_command" 0755 "$SNAPSHOT_SCRIPT" || true
  write_file "$snapshot_command.conf" 0644 "$(snapshot_settings "$@")" || true
  if [[ -z $SNAPSHOT_CALENDAR ]]; then
    end_schedule
    return
  fi
  if write_units "$snapshot_unit" "$(snapshot_service)" "$(snapshot_timer)" ||
    ! systemctl is-active --quiet "$snapshot_unit.timer"; then
    phase "scheduling snapshots of etcd"
    start_timer "$snapshot_unit"
  fi
}

# What of it is there to stay.
backup_files() {
  [[ -n $SNAPSHOT_SCRIPT ]] || return 0
  printf '%s\n' "$snapshot_command"{,.conf}
  [[ -z $SNAPSHOT_CALENDAR ]] || printf '%s\n' /etc/systemd/system/"$snapshot_unit".{service,timer}
}

end_schedule() {
  [[ -e /etc/systemd/system/$snapshot_unit.timer ]] || return 0
  phase "ending the schedule of etcd's snapshots"
  end_timer "$snapshot_unit"
}

# take_snapshot REASON: prints the file's path.
take_snapshot() {
  "$snapshot_command" "$1" 2>>"$log_file" ||
    fail "no snapshot of etcd could be taken" "see the last line of the log below" \
      "put right what it names, then run \`pulumi up\` again; without a snapshot there is no way back"
}

snapshot_settings() {
  cat <<SETTINGS
KEEP=$SNAPSHOT_KEEP
ETCDCTL_ENDPOINTS=https://127.0.0.1:2379
ETCDCTL_CACERT=$1
ETCDCTL_CERT=$2
ETCDCTL_KEY=$3
SETTINGS
}

snapshot_service() {
  cat <<UNIT
[Unit]
Description=snapshot of etcd

[Service]
Type=oneshot
ExecStart=$snapshot_command scheduled
TimeoutStartSec=1h
Nice=10
IOSchedulingClass=idle
UNIT
}

# The delay is each machine's own, so that the members do not all read their data at the same time.
snapshot_timer() {
  cat <<UNIT
[Unit]
Description=snapshots of etcd

[Timer]
OnCalendar=$SNAPSHOT_CALENDAR
RandomizedDelaySec=$SNAPSHOT_DELAY_SECONDS
FixedRandomDelay=true
AccuracySec=1s
Persistent=true

[Install]
WantedBy=timers.target
UNIT
}
