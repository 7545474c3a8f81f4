#!/usr/bin/env bash
# Sourced: sees to a Docker daemon that answers, and stops the one that it started itself.

dockerd_pid=$CACHE/dockerd.pid

ensure_docker() {
  if docker info >/dev/null 2>&1; then
    return
  fi
  if ! command -v dockerd >/dev/null; then
    echo "Docker is missing; the machines of platform local are containers" >&2
    "$(dirname "${BASH_SOURCE[0]}")/install-packages.sh" docker.io iptables
  fi
  if [[ -d /run/systemd/system ]]; then
    start_docker_service
  else
    start_docker_daemon
  fi
}

start_docker_service() {
  local command=(systemctl start docker)
  ((EUID == 0)) || command=(sudo --non-interactive "${command[@]}")
  echo "starting Docker: ${command[*]}" >&2
  "${command[@]}" || true
  docker info >/dev/null 2>&1 || refuse_docker
}

# Without systemd nothing else starts it. Its files stay in the cache.
start_docker_daemon() {
  if ((EUID != 0)); then
    refuse_docker
  fi
  wait_for_end
  started_daemon_runs || rm --force "$dockerd_pid"
  echo "starting the Docker daemon, since no service manager does; npm stop ends it" >&2
  setsid dockerd --data-root "$CACHE/docker" --pidfile "$dockerd_pid" >"$CACHE/dockerd.log" 2>&1 </dev/null 9>&- &
  local _
  for _ in {1..150}; do
    docker info >/dev/null 2>&1 && return
    sleep 0.2
  done
  echo "the Docker daemon did not answer within 30 s; the last lines of $CACHE/dockerd.log:" >&2
  tail -n 10 "$CACHE/dockerd.log" >&2
  return 1
}

refuse_docker() {
  echo "Docker does not answer for $(id --user --name); run: sudo systemctl start docker && sudo usermod -aG docker $(id --user --name), then log in anew" >&2
  return 1
}

# Ends the daemon that start_docker_daemon started, when no container of anyone is left.
stop_docker_daemon() {
  if started_daemon_runs && [[ -z $(docker ps --all --quiet) ]]; then
    kill "$(<"$dockerd_pid")"
    wait_for_end
  fi
}

# A daemon that is ending lets no other start, and takes up to 10 s for each container that does not stop.
wait_for_end() {
  local _
  for _ in {1..300}; do
    started_daemon_runs || return 0
    sleep 0.1
  done
}

# The file outlives a daemon that is killed, and another process may have its number by then.
started_daemon_runs() {
  [[ -s $dockerd_pid && $(cat "/proc/$(<"$dockerd_pid")/comm" 2>/dev/null) == dockerd ]]
}
