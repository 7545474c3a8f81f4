#!/usr/bin/env bash
# A service of this machine that systemd runs on a schedule.

# write_units UNIT SERVICE TIMER: succeeds when one of them was not as described.
write_units() {
  local changed=no
  if write_file "/etc/systemd/system/$1.service" 0644 "$2"; then changed=yes; fi
  if write_file "/etc/systemd/system/$1.timer" 0644 "$3"; then changed=yes; fi
  [[ $changed == yes ]]
}

start_timer() {
  systemctl daemon-reload
  systemctl enable --quiet "$1.timer"
  systemctl restart "$1.timer"
}

end_timer() {
  systemctl disable --quiet --now "$1.timer"
  rm --force "/etc/systemd/system/$1".{timer,service}
  systemctl daemon-reload
}
