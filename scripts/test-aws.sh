#!/usr/bin/env bash
# Makes the cluster of Pulumi.staging.yaml on AWS, goes through the check-list of docs/aws.md, and destroys it. It costs money.
set -o errexit -o nounset -o pipefail
export PULUMI_STACK=awstest
# shellcheck source=scripts/machines.sh
source "$(dirname "${BASH_SOURCE[0]}")/machines.sh"

stack_file=$project/Pulumi.$PULUMI_STACK.yaml
failed=0 passed=0

main() {
  may_begin
  write_stack_file
  trap clean_up EXIT
  cd "$project"
  check "the preview finds all that is needed" npm run pulumi -- preview
  check "npm start makes the cluster" npm start
  check "npm run status finds it healthy" npm run status
  check "another up finds nothing to do" npm run pulumi -- up --yes --skip-preview --expect-no-changes
  check "every node knows its instance and its zone" nodes_know_their_place
  check "control planes are in different zones" control_planes_are_apart
  check "control planes reach themselves through the load balancer" no_hairpin
  check "a pod does not reach the metadata service" pod_has_no_metadata
  check "a claim gets a volume, which a pod writes to and which goes with it" claim_gets_a_volume
  check "nobody else reaches a machine" nothing_is_public
  sed --in-place 's/^  pulumi-kubeadm:workerNodes: .*/&\n  pulumi-kubeadm:replace: [worker-1, control-plane-1]/' "$stack_file"
  check "a worker and the first control plane get other machines" npm start
  check "npm run status finds it healthy again" npm run status
  check "npm run backup fetches a snapshot of etcd" npm run backup
}

# Without any of these nothing is begun.
may_begin() {
  local missing=()
  [[ ${TEST_AWS_CONFIRM:-} == "make and destroy" ]] ||
    missing+=("TEST_AWS_CONFIRM=\"make and destroy\", since this makes machines on AWS that cost money (docs/aws.md says how much)")
  [[ ${TEST_AWS_CIDR:-} =~ ^[0-9.]+/[0-9]+$ ]] || missing+=("TEST_AWS_CIDR, this computer's address as AWS sees it, for example 203.0.113.7/32")
  has_credentials || missing+=("credentials of AWS: AWS_PROFILE, AWS_ACCESS_KEY_ID or AWS_WEB_IDENTITY_TOKEN_FILE")
  command -v kubectl >/dev/null || missing+=("kubectl on PATH")
  [[ ! -e $STATE ]] || missing+=("that $STATE is gone; an earlier run left a cluster: run PULUMI_STACK=awstest npm stop")
  if ((${#missing[@]} > 0)); then
    printf 'needed, and nothing was done: %s\n' "${missing[@]}" >&2
    exit 2
  fi
}

has_credentials() {
  [[ -n ${AWS_PROFILE:-}${AWS_ACCESS_KEY_ID:-}${AWS_WEB_IDENTITY_TOKEN_FILE:-} ]]
}

# The staging stack for this computer's address, in the region that is asked for, with volumes.
write_stack_file() {
  local region=${AWS_REGION:-eu-central-1}
  sed --expression "s#203.0.113.7/32#$TEST_AWS_CIDR#" --expression "s#eu-central-1#$region#g" \
    "$project/Pulumi.staging.yaml" >"$stack_file"
  echo "  pulumi-kubeadm:awsAddons: [ebs-csi]" >>"$stack_file"
}

# check WHAT COMMAND...: says whether it held; what comes after a check that did not hold may not hold either.
check() {
  local what=$1
  shift
  echo "== $what"
  if "$@"; then
    passed=$((passed + 1))
    echo "   held: $what"
  else
    failed=$((failed + 1))
    echo "   FAILED: $what"
  fi
}

# Whatever held, all that was made is destroyed.
clean_up() {
  local status=0
  echo "== npm stop destroys the cluster"
  npm stop || status=$?
  if ((status != 0)); then
    echo "NOT DESTROYED: machines go on costing money; run PULUMI_STACK=awstest npm stop until it succeeds, and look in the" \
      "console of EC2 for what has the tag pulumi-kubeadm: awstest"
    exit 1
  fi
  rm --force "$stack_file"
  echo "$passed held, $failed failed"
  ((failed == 0)) || exit 1
}

kubectl_prints() {
  npm run --silent kubectl -- "$@"
}

nodes_know_their_place() {
  local nodes
  nodes=$(kubectl_prints get nodes --output \
    'jsonpath={range .items[*]}{.metadata.name} {.spec.providerID} {.metadata.labels.topology\.kubernetes\.io/zone}{"\n"}{end}')
  echo "$nodes"
  [[ $(wc -l <<<"$nodes") == 5 ]] || return 1
  ! grep --invert-match --extended-regexp '^\S+ aws:///(\S+)/i-[0-9a-f]+ \1$' <<<"$nodes"
}

control_planes_are_apart() {
  local zones
  zones=$(kubectl_prints get nodes --selector node-role.kubernetes.io/control-plane --output \
    'jsonpath={range .items[*]}{.metadata.labels.topology\.kubernetes\.io/zone}{"\n"}{end}')
  [[ $(sort --unique <<<"$zones" | wc -l) == 3 ]]
}

# The load balancer sends about every third connection back to the machine that it came from.
no_hairpin() {
  local name login
  use_ready_toolchain
  use_backend
  while read -r name login; do
    echo "$name"
    on_machine "$login" bash -s <<'SCRIPT' || return 1
for _ in {1..60}; do
  curl --silent --insecure --max-time 3 --output /dev/null https://api.awstest.internal:6443/readyz || exit 1
done
SCRIPT
  done < <(machines_of control-plane)
}

# A token is given for a PUT only. That the pod ran is seen as well.
pod_has_no_metadata() {
  local words
  words=$(kubectl_prints run metadata --rm --attach --quiet --restart=Never --image=registry.k8s.io/e2e-test-images/agnhost:2.53 \
    --pod-running-timeout=3m --command -- sh -c 'curl --version >/dev/null && echo ran
      curl --silent --fail --max-time 10 --request PUT --header "X-aws-ec2-metadata-token-ttl-seconds: 60" \
        http://169.254.169.254/latest/api/token >/dev/null && echo reached; true')
  echo "$words"
  [[ $words == *ran* && $words != *reached* ]]
}

# A volume that is left behind would outlive the cluster, and go on costing money.
claim_gets_a_volume() {
  local status=0
  kubectl_prints apply --filename - <<'YAML' || return 1
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: volume-test }
spec:
  storageClassName: ebs-gp3
  accessModes: [ReadWriteOnce]
  resources: { requests: { storage: 1Gi } }
---
apiVersion: v1
kind: Pod
metadata: { name: volume-test }
spec:
  restartPolicy: Never
  containers:
    - name: write
      image: registry.k8s.io/e2e-test-images/agnhost:2.53
      command: [sh, -c, "echo written >/data/file && sync && grep written /data/file && df /data | grep /dev/nvme"]
      volumeMounts: [{ name: data, mountPath: /data }]
  volumes: [{ name: data, persistentVolumeClaim: { claimName: volume-test } }]
YAML
  kubectl_prints wait pod/volume-test --for=jsonpath='{.status.phase}'=Succeeded --timeout=5m || status=1
  kubectl_prints logs volume-test || status=1
  kubectl_prints get persistentvolumeclaim volume-test --output 'jsonpath={.status.phase}{"\n"}' | grep --line-regexp Bound || status=1
  kubectl_prints delete pod,persistentvolumeclaim volume-test --timeout=5m || status=1
  kubectl_prints wait persistentvolume --all --for=delete --timeout=5m || status=1
  return "$status"
}

# Of all machines the bastion alone has an address outside, and no API server answers there.
nothing_is_public() {
  local bastion
  use_ready_toolchain
  use_backend
  bastion=$(on_stack stack output --json | output_of sshCommands.bastion)
  bastion=${bastion##*@}
  ! timeout 10 bash -c "exec 3<>/dev/tcp/$bastion/6443" 2>/dev/null &&
    timeout 10 bash -c "exec 3<>/dev/tcp/$bastion/22" 2>/dev/null
}

main "$@"
