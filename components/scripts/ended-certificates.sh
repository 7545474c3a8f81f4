#!/usr/bin/env bash
# Certificates of a control plane that have ended, as they do when nobody updates a cluster for a year.
# No member of etcd hears another one by then, and no API server could say whose turn it is: each renews its own at once.
: "${ADDRESS:?}"
# When they were found to be due: another day makes the step run, which then looks itself.
: "${RENEWAL?}"
# With what it calls external etcd; empty where etcd runs on the control planes.
: "${ETCD_CLIENT_CERTIFICATE?}"

readonly etcd_client=/etc/kubernetes/pki/apiserver-etcd-client.crt

renew_ended_certificates() {
  local words
  if [[ -n $ETCD_CLIENT_CERTIFICATE ]] && ! openssl x509 -noout -checkend 0 -in "$etcd_client" >/dev/null; then
    phase "putting its certificate for etcd in place, since the one before has ended"
    write_file "$etcd_client" 0644 "$ETCD_CLIENT_CERTIFICATE" || true
  fi
  [[ -n $(certificates_that_end 0) ]] || return 0
  phase "renewing its certificates, which have ended"
  mark_all_for_restart
  words=$(kubeadm certs renew all --config <(renewal_configuration) 2>&1) ||
    fail "kubeadm cannot renew them: $(tail -n 3 <<<"$words")" "a CA or its key is missing" "put it back, or replace the machine"
  # etcd and the API server read the files for each connection. What fell over and waits longer each time starts at once.
  systemctl restart kubelet
  wait_for 300 "its API server to be ready" api_server "$ADDRESS" /readyz ||
    fail "the API server is not ready with its new certificates: $LAST_SEEN" "too few other control planes live" \
      "see /var/log/pods on the machine"
}

# Without one, kubeadm would ask the cluster, and without a version the internet.
renewal_configuration() {
  echo "apiVersion: kubeadm.k8s.io/v1beta4"
  echo "kind: ClusterConfiguration"
  echo "kubernetesVersion: $(kubeadm version --output short)"
  # It renews none of etcd's then.
  has_etcd_ca || echo "etcd: {external: {endpoints: [https://127.0.0.1:2379]}}"
}
