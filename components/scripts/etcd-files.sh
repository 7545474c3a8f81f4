#!/usr/bin/env bash
# The user, the folders, the certificates and the unit of a member of external etcd.
: "${ETCD_UNIT:?}" "${PKI_NAMES[@]:?}" "${PKI_CONTENTS[@]:?}"

readonly unit_file=/etc/systemd/system/etcd.service

make_user() {
  if ! getent passwd etcd >/dev/null; then
    claim etcd-user
    useradd --system --home-dir /var/lib/etcd --no-create-home --shell /usr/sbin/nologin etcd
  fi
  install -d -m 0700 /var/lib/etcd
  chown etcd: /var/lib/etcd
}

# etcd reads them for each new connection, so it needs no restart for another one.
place_certificates() {
  local index file
  for index in "${!PKI_NAMES[@]}"; do
    file=/etc/etcd/pki/${PKI_NAMES[index]}
    [[ -e $file && $(<"$file") == "${PKI_CONTENTS[index]}" ]] && continue
    install -D --mode 0600 /dev/stdin "$file.new" <<<"${PKI_CONTENTS[index]}"
    chown etcd: "$file.new"
    mv "$file.new" "$file"
  done
}

place_unit() {
  write_file "$unit_file" 0644 "$ETCD_UNIT" || true
  systemctl daemon-reload
  systemctl enable --quiet etcd
}
