#!/usr/bin/env bash
# The certificates that kubeadm made on a control plane: their names, their end, their renewal.
: "${RENEW_BEFORE_DAYS:?}" "${CERT_SANS[@]:?}"
# When they were found to be due: another day makes the step run, which then looks itself.
: "${RENEWAL?}"
: "${state_folder:?}" "${log_file?}" "${manifests:?}" "${described:?}" "${restart_mark:?}"

readonly names_record=$state_folder/cert-sans

settle_certificates() {
  if ! names_are_as_described; then
    phase "making the API server's certificate for its new names"
    echo kube-apiserver >>"$restart_mark"
    rm --force /etc/kubernetes/pki/apiserver.{crt,key}
    run_kubeadm init phase certs apiserver || explain_kubeadm
  fi
  install --mode 0600 /dev/stdin "$names_record" <<<"${CERT_SANS[*]}"
  if changes_version || [[ -n $(certificates_that_end $((RENEW_BEFORE_DAYS * 24 * 3600))) ]]; then
    phase "renewing its certificates"
    mark_all_for_restart
    kubeadm certs renew all --config <(echo "$CONFIG") >>"$log_file" 2>&1 || explain_kubeadm
  fi
}

# A name that is no longer described counts only where a record tells what was described before.
names_are_as_described() {
  local name
  [[ ! -e $names_record || $(<"$names_record") == "${CERT_SANS[*]}" ]] || return 1
  for name in "${CERT_SANS[@]}"; do
    openssl x509 -noout "$(name_check "$name")" "$name" -in /etc/kubernetes/pki/apiserver.crt |
      grep --quiet 'does match' || return 1
  done
}

# openssl takes a name that is no address for one that matches any.
name_check() {
  if [[ $1 == *:* || $1 =~ ^[0-9.]+$ ]]; then
    echo -checkip
  else
    echo -checkhost
  fi
}

# kubeadm renews at each upgrade too. A manifest that an interrupted run took away was compared by that run.
changes_version() {
  [[ -e $manifests/kube-apiserver.yaml ]] || return 1
  [[ $(grep ' image: ' "$manifests/kube-apiserver.yaml") != "$(grep ' image: ' "$described/kube-apiserver.yaml")" ]]
}

# The first day on which a certificate of this node ends, for the program: the last line of the step's output.
certificates_end() {
  local file
  for file in $(certificate_files); do
    date --utc --date "$(certificate_of "$file" | openssl x509 -noout -enddate | cut -d= -f2)" +%F
  done | sort | sed --quiet '1s/^/certificates end /p'
}
