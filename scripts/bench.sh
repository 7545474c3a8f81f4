#!/usr/bin/env bash
# Measures `pulumi up` against a plain script of kubeadm commands, then changes of the cluster; writes bench.json.
# Takes --rounds N (default 2), --upgrade-from VERSION, and --online or --offline. With --sizes N,N it measures, on machines
# that are simulated, what one more worker costs beside so many others.
set -o errexit -o nounset -o pipefail
# shellcheck source=scripts/prepare.sh
source "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"

main() {
  prepare "$@"
  copy=$(mktemp -d)
  trap clean_up EXIT
  copy_project
  if [[ ${1:-} == --sizes ]]; then
    local sizes
    IFS=, read -ra sizes <<<"${2:?give sizes, such as 3,30}"
    unshare --net --map-root-user "$project/test/bench/sizes.sh" "$copy" bench "${sizes[@]}"
    return
  fi
  if [[ " $* " =~ " --upgrade-from "([0-9.]+) ]]; then
    prepare_machines "${BASH_REMATCH[1]}"
  fi
  remove_clusters
  "$project/node_modules/.bin/tsx" "$project/test/bench/bench.ts" "$copy" bench "$@"
}

# A copy has a stack, a state and a configuration of its own, so the checkout and the user's backend stay as they are.
copy_project() {
  tar --create --directory "$project" --exclude ./node_modules --exclude ./.git --exclude ./.state . |
    tar --extract --directory "$copy"
  ln --symbolic "$project/node_modules" "$copy/"
  mkdir "$copy/.state"
  export PULUMI_BACKEND_URL="file://$copy/.state?metadata=skip" PULUMI_CONFIG_PASSPHRASE=bench PULUMI_STACK=bench PULUMI_HOME=$CACHE/pulumi-home
  without_log
  cat >"$copy/Pulumi.bench.yaml" <<'CONFIG'
config:
  pulumi-kubeadm:controlPlaneNodes: 3
  pulumi-kubeadm:workerNodes: 2
  pulumi-kubeadm:localSubnet: 172.30.78.0/24
  pulumi-kubeadm:localApiPort: 26443
CONFIG
}

clean_up() {
  rm --recursive --force "$copy"
  remove_clusters
}

# By label, since the state of an interrupted run is gone.
remove_clusters() {
  local label=label=pulumi-kubeadm=pulumi-kubeadm-bench
  "$project/test/bench/plain.sh" delete
  docker ps --all --quiet --filter "$label" | xargs --no-run-if-empty docker rm --force --volumes >/dev/null
  docker network ls --quiet --filter "$label" | xargs --no-run-if-empty docker network rm >/dev/null
}

main "$@"
