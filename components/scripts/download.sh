#!/usr/bin/env bash
# Downloads of pinned software: from its own site, or from the mirror that stands for all sites; always checked.
: "${MIRROR?}" "${DOWNLOADS[@]:?}"

fetched=/var/cache/pulumi-kubeadm

# download NAME: prints the path of its entry of DOWNLOADS ("name architecture path sha256 checksums").
download() {
  printf '%s\n' "${DOWNLOADS[@]}" | awk -v name="$1" -v machine="$(architecture)" '$1 == name && $2 == machine {print $3}'
}

architecture() {
  case $(uname -m) in
    aarch64) echo arm64 ;;
    *) echo amd64 ;;
  esac
}

# A mirror brings the checksums of its files. Without one they are the pinned ones, else the publisher's own.
checksum() {
  local path pinned publisher sums=/run/pulumi-kubeadm.sums
  path=$(download "$1")
  read -r pinned publisher < <(printf '%s\n' "${DOWNLOADS[@]}" | awk -v path="$path" '$3 == path {print $4, $5}')
  if [[ -z $MIRROR && $pinned != - ]]; then
    echo "$pinned"
    return
  fi
  if [[ -n $MIRROR ]]; then
    fetch "$MIRROR/SHA256SUMS" "$sums"
  else
    fetch "https://$publisher" "$sums"
    path=${path##*/}
  fi
  awk -v path="$path" 'NF == 1 || $2 == path || $2 == "*" path {print $1}' "$sums"
}

fetch() {
  curl --fail --silent --show-error --location --retry 3 --connect-timeout 10 --output "$2" "$1" ||
    fail "no download of $1" "the site or the mirror does not answer, or lacks the file" \
      "check the mirror setting and this machine's way out, for example with curl -I"
}

# get NAME: downloads, unless the mirror is a folder of this machine, checks, and prints the file's path.
get() {
  local path expected seen file
  path=$(download "$1")
  expected=$(checksum "$1")
  [[ -n $expected ]] || fail "no checksum for $path" "neither the mirror's SHA256SUMS nor the program has one" \
    "add the file to SHA256SUMS of the mirror"
  if [[ $MIRROR == file://* ]]; then
    file=${MIRROR#file://}/$path
  else
    file=$fetched/$path
    mkdir -p "${file%/*}"
    [[ -e $file && $(sha256 "$file") == "$expected" ]] || fetch "${MIRROR:-https:/}/$path" "$file"
  fi
  seen=$(sha256 "$file")
  [[ $seen == "$expected" ]] ||
    fail "$path has checksum $seen, not $expected" \
      "the file was changed on its way or at its source" "do not use it; find out where it differs"
  echo "$file"
}

# Several times as fast as sha256sum where the processor helps.
sha256() {
  openssl dgst -sha256 -r "$1" | cut -d' ' -f1
}

# claim NAME...: records that a program is this one's before it is put there: what has no record, no reset takes away.
claim() {
  local name
  for name in "$@"; do
    [[ -e /usr/local/lib/pulumi-kubeadm/$name ]] || install -D --mode 0644 /dev/null "/usr/local/lib/pulumi-kubeadm/$name"
  done
}

# place NAME FILE: a mirror that is a folder of this machine is used in place.
place() {
  local file
  file=$(get "$1")
  if [[ $MIRROR == file://* ]]; then
    ln --symbolic --force "$file" "$2"
  else
    install -D --mode 0755 "$file" "$2"
  fi
}

unpack() {
  local file
  file=$(get "$1")
  mkdir -p "$2"
  tar --extract --file "$file" --directory "$2" --no-same-owner
}

clear_fetched() {
  rm --recursive --force "$fetched"
}
