#!/usr/bin/env bash
# Lets a control plane hand over tokens to the machines that join by themselves, every 30 minutes; without a script, no longer.
: "${JOIN_TOKEN?}"

readonly program=/usr/local/lib/pulumi-kubeadm/join-token
readonly unit=pulumi-kubeadm-join-token

main() {
  local changed=no
  if [[ -z $JOIN_TOKEN ]]; then
    remove
    return
  fi
  if write_file "$program" 0755 "$JOIN_TOKEN"; then changed=yes; fi
  if write_units "$unit" "$(service)" "$(timer)"; then changed=yes; fi
  if [[ $changed == yes ]] || ! systemctl is-active --quiet "$unit.timer"; then
    phase "scheduling join tokens"
    start_timer "$unit"
    systemctl restart --no-block "$unit.service"
  fi
}

remove() {
  [[ -e /etc/systemd/system/$unit.timer ]] || return 0
  phase "handing over no more join tokens"
  systemctl stop "$unit.timer" "$unit.service"
  end_timer "$unit"
  rm --force "$program"
}

# It is tried again until the machine is a control plane.
service() {
  cat <<UNIT
[Unit]
Description=a token for machines that join by themselves
StartLimitIntervalSec=0

[Service]
Type=oneshot
EnvironmentFile=-/etc/environment
ExecStart=$program
TimeoutStartSec=120
Restart=on-failure
RestartSec=30
UNIT
}

timer() {
  cat <<UNIT
[Unit]
Description=tokens for machines that join by themselves

[Timer]
OnCalendar=*-*-* *:00/30:00
RandomizedDelaySec=600
FixedRandomDelay=true
Persistent=true

[Install]
WantedBy=timers.target
UNIT
}

main "$@" </dev/null
