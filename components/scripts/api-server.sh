#!/usr/bin/env bash
# The API server of one control plane, past the load balancer and without a credential.

# api_server ADDRESS PATH: what it answers.
api_server() {
  curl --silent --show-error --fail --max-time 5 --cacert /etc/kubernetes/pki/ca.crt "https://$1:6443$2"
}
