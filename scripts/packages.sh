# Which Debian packages Mailscope needs, and installing those that are missing. Sourced by run and check.

build_packages="build-essential cmake ninja-build pkg-config libimgui-dev libglfw3-dev libfmt-dev
  doctest-dev libepoxy-dev libegl-dev libgl-dev libopengl-dev libfreetype-dev libstb-dev
  libasio-dev libssl-dev zlib1g-dev libutf8proc-dev libtomlplusplus-dev libmd4c-dev libcli11-dev
  nlohmann-json3-dev"
window_packages="libgl1-mesa-dri libegl1 libgles2 fonts-inter fonts-jetbrains-mono fonts-wqy-microhei
  fonts-font-awesome"
test_packages="libbenchmark-dev clang libclang-rt-14-dev xvfb xauth xdotool python3"
# Mail programs that are run against `mailsim serve`; a test of one that is not there is skipped.
# Exim and Dovecot are for saying the same to them; the tests run them on free ports, without rights.
interop_packages="swaks msmtp fetchmail getmail6 curl isync offlineimap3 mutt
  neomutt"
server_packages="exim4-daemon-light dovecot-core dovecot-pop3d dovecot-imapd"

# missing PACKAGE...: prints those that are not installed. One question for all: it is asked at each start.
missing() {
  local installed package
  installed=$(dpkg-query -W -f='${Package} ${Status}\n' "$@" 2>/dev/null | sed -n 's/ install ok installed$//p')
  for package in "$@"; do
    grep -qxF "$package" <<<"$installed" || echo "$package"
  done
}

# need WHY PACKAGE...: installs what is missing, saying what and why first.
need() {
  local why=$1
  shift
  if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "Mailscope: this is not Debian; please install these packages' counterparts yourself: $*" >&2
    return 0
  fi
  local wanted
  wanted=$(missing "$@" | tr '\n' ' ')
  [ -n "${wanted// /}" ] || return 0
  echo "Mailscope: installing from Debian, $why:"
  echo "  $wanted"
  local as_root=""
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
      echo "Mailscope: neither root nor sudo here. As root, run: apt-get install $wanted" >&2
      return 1
    fi
    as_root="sudo"
  fi
  local log
  log=$(mktemp)
  # An index from yesterday is good enough when it knows the packages; else it is fetched first.
  # Nothing that is there is removed for it: a machine's mail server stays (apt has room for one).
  local install="env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-remove --no-install-recommends"
  # shellcheck disable=SC2086
  if ! $as_root $install $wanted >"$log" 2>&1; then
    if ! { $as_root apt-get update && $as_root $install $wanted; } >"$log" 2>&1; then
      tail -n 5 "$log" >&2
      echo "Mailscope: could not install the packages above (whole log: $log)." >&2
      return 1
    fi
  fi
  rm -f "$log"
}

# build PRESET [TARGET...]: configures when needed and builds; the log is shown only when it fails.
build() {
  local preset=$1
  shift
  local folder="build/$preset"
  mkdir -p "$folder"
  local log="$folder/build.log"
  if [ ! -f "$folder/build.ninja" ] || [ -n "${CMAKE_EXTRA:-}" ]; then
    # shellcheck disable=SC2086
    if ! cmake --preset "$preset" ${CMAKE_EXTRA:-} >"$log" 2>&1; then
      tail -n 30 "$log" >&2
      return 1
    fi
  fi
  ninja -C "$folder" "$@" >"$log" 2>&1 &
  local ninja=$! tenths=0
  while kill -0 "$ninja" 2>/dev/null && [ "$tenths" -lt 15 ]; do
    sleep 0.1
    tenths=$((tenths + 1))
  done
  if kill -0 "$ninja" 2>/dev/null; then
    echo "Mailscope: building ($preset); the first time takes some minutes. Its log: $log"
  fi
  if ! wait "$ninja"; then
    grep -E -A5 'error|FAILED|undefined' "$log" | head -n 60 >&2
    echo "Mailscope: the build failed; the whole log is $log." >&2
    return 1
  fi
}
