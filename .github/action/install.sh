#!/usr/bin/env bash
# Finds or downloads nginxlint for the action; the output "binary" is its path.
#
#   INPUT_BINARY   an nginxlint that is there already
#   INPUT_VERSION  the release to download
#   ACTION_REF     what the action is referred to by, which tells the release
#                  where INPUT_VERSION does not
set -euo pipefail
repository=https://github.com/nginxlint/nginxlint

fail() {
  local text=${1//'%'/%25}
  text=${text//$'\r'/%0D}
  printf '::error title=nginxlint::%s\n' "${text//$'\n'/%0A}"
  exit 1
}

is_release() {
  [[ $1 =~ ^v?[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]]
}

# The release whose tag is at the commit that ACTION_REF means: a commit, a
# moving tag such as v1, or a branch.
release_of_ref() {
  git ls-remote --quiet "$repository" | ACTION_REF=$1 awk '
    { name = $2; sub(/\^\{\}$/, "", name); commit[name] = $1 }
    END {
      ref = ENVIRON["ACTION_REF"]
      at = ref
      if (("refs/heads/" ref) in commit) at = commit["refs/heads/" ref]
      if (("refs/tags/" ref) in commit) at = commit["refs/tags/" ref]
      for (name in commit)
        if (commit[name] == at && name ~ /^refs\/tags\/v[0-9]+\.[0-9]+\.[0-9]+$/) { print substr(name, 11); exit }
    }'
}

choose_release() {
  if [ -n "$version" ]; then
    is_release "$version" || fail "the input version is no release such as v1.2.3: $version"
  elif is_release "$ref"; then
    version=$ref
  else
    [ -n "$ref" ] || fail "the input version is needed: this action does not know its own release"
    version=$(release_of_ref "$ref") || fail "cannot ask $repository for its releases"
    [ -n "$version" ] || fail "the input version is needed: $ref is no release of nginxlint"
  fi
  version=${version#v}
}

platform() {
  case ${RUNNER_OS:-} in
    Linux) os=linux ;;
    macOS) os=darwin ;;
    Windows) os=windows ;;
    *) fail "there is no nginxlint for this system: ${RUNNER_OS:-unknown}" ;;
  esac
  case ${RUNNER_ARCH:-} in
    X64) arch=amd64 ;;
    ARM64) arch=arm64 ;;
    *) fail "there is no nginxlint for this processor: ${RUNNER_ARCH:-unknown}" ;;
  esac
}

download() {
  curl --fail --silent --show-error --location --proto '=https' --retry 3 \
    --output "$dir/$1" "$repository/releases/download/v$version/$1" ||
    fail "cannot download $1 of nginxlint $version"
}

sha256() {
  if command -v sha256sum >/dev/null; then sha256sum <"$1"; else shasum -a 256 <"$1"; fi | cut -d ' ' -f 1
}

install_release() {
  local archive checksums=checksums.txt suffix=.tar.gz
  [ "$os" != windows ] || suffix=.zip
  archive=nginxlint_${version}_${os}_$arch$suffix
  download "$checksums"
  download "$archive"
  local want got
  want=$(awk -v file="$archive" '$2 == file || $2 == "*" file { print $1; exit }' "$dir/$checksums")
  got=$(sha256 "$dir/$archive")
  [ -n "$want" ] || fail "$checksums has no checksum of $archive"
  [ "$want" = "$got" ] || fail "the checksum of $archive is $got, and should be $want"
  case $suffix in
    .zip) unzip -q "$dir/$archive" -d "$dir" ;;
    *) tar -xzf "$dir/$archive" -C "$dir" ;;
  esac
}

binary=${INPUT_BINARY:-}
version=${INPUT_VERSION:-}
ref=${ACTION_REF:-}
case $binary in
  *$'\n'*) fail "the input binary is more than one line" ;;
  "")
    choose_release
    platform
    dir=$(mktemp -d "${RUNNER_TEMP:?}/nginxlint.XXXXXX")
    install_release
    binary=$dir/nginxlint
    [ "$os" != windows ] || binary=$binary.exe
    ;;
  [!/]*)
    # A path counts from the job's folder, not from the one that is linted.
    [[ $binary == [A-Za-z]:* ]] || binary=$PWD/$binary
    ;;
esac
if [ ! -f "$binary" ] || [ ! -x "$binary" ]; then
  fail "there is no program at $binary"
fi
printf 'binary=%s\n' "$binary" >>"${GITHUB_OUTPUT:?}"
