#!/usr/bin/env bash
# The client of external etcd on the admin machine: its certificate and key are files in memory that have no name.
: "${ETCD_CA:?}" "${ETCD_CERTIFICATE:?}" "${ETCD_KEY:?}"

# etcdctl reads them for each connection, which a pipe could be read for once only.
hold_client_files() {
  local text file descriptor
  client_files=()
  for text in "$ETCD_CA" "$ETCD_CERTIFICATE" "$ETCD_KEY"; do
    file=/run/pulumi-kubeadm-etcd.$$.${#client_files[@]}
    (umask 077 && : >"$file")
    exec {descriptor}<>"$file"
    rm "$file"
    echo "$text" >&"$descriptor"
    client_files+=("/dev/fd/$descriptor")
  done
}

hold_client_files
