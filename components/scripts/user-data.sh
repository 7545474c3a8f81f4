#!/usr/bin/env bash
# What a machine that joins by itself runs once, at its first boot: it leaves a service that goes on until it has joined.
: "${SELF_JOIN:?}"

readonly program=/usr/local/lib/pulumi-kubeadm/self-join
readonly unit=pulumi-kubeadm-self-join

main() {
  phase "leaving the service $unit"
  write_file "$program" 0700 "$SELF_JOIN" || true
  write_file "/etc/systemd/system/$unit.service" 0644 "$(service)" || true
  systemctl daemon-reload
  systemctl enable --quiet "$unit.service"
  systemctl start --no-block "$unit.service"
}

# After a reboot in the middle it goes on; once it has ended well it is not started again. No boot waits for the service, which
# itself waits for cloud-init, and that for the boot.
service() {
  cat <<UNIT
[Unit]
Description=joins this machine to its cluster
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
Type=exec
EnvironmentFile=-/etc/environment
ExecStart=$program
Restart=on-failure
RestartSec=15
StandardOutput=journal+console
StandardError=journal+console

[Install]
WantedBy=multi-user.target
UNIT
}

main "$@" </dev/null
