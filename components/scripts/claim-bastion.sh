#!/usr/bin/env bash
# Sees whether a machine that is there can be the bastion of this cluster, and makes it its own. Changes nothing else.
: "${CLUSTER:?}"

readonly owner=/var/lib/pulumi-kubeadm/bastion-of

main() {
  local owned="" problems=()
  one_at_a_time
  phase "seeing whether it can be the bastion of $CLUSTER"
  case $(uname --machine) in
  x86_64 | aarch64) ;;
  *) problems+=("it has a $(uname --machine) processor, and kubectl is there for x86_64 and aarch64") ;;
  esac
  for program in curl flock openssl sha256sum tar; do
    command -v "$program" >/dev/null || problems+=("it has no $program")
  done
  if [[ -e $owner ]]; then
    owned=$(<"$owner")
  fi
  [[ -z $owned || $owned == "$CLUSTER" ]] || problems+=("it is the bastion of the cluster $owned")
  ((${#problems[@]} == 0)) || fail "$(printf '%s; ' "${problems[@]}")" \
    "records of a restore and programs of a version are one cluster's" \
    "install what is missing, give awsBastion another machine, or remove $owner on it when that cluster is gone"
  write_file "$owner" 0644 "$CLUSTER" || true
}

main "$@" </dev/null
