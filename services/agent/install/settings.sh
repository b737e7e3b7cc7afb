# What is the agent told? Variables in one file that systemd and sh read alike.

# NAME VALUE: between double quotes both read the same.
setting() { printf '%s="%s"\n' "$1" "$(printf '%s' "$2" | sed 's/[\\"$`]/\\&/g')"; }

# NAME OPTION VALUE: without the option what an earlier run was told.
chosen() {
  if [ -n "$2" ]; then
    setting "$1" "$2"
  else
    grep "^$1=" "${env_file}" 2>/dev/null || :
  fi
}

json_text() { printf '"%s"' "$(printf '%s' "$1" | sed 's/[\\"]/\\&/g')"; }

# K=V,K=V as a JSON object.
labels_json() {
  rest=$1,
  comma=''
  printf '{'
  while [ -n "${rest}" ]; do
    pair=${rest%%,*}
    rest=${rest#*,}
    case ${pair} in
      ?*=*) printf '%s%s:%s' "${comma}" "$(json_text "${pair%%=*}")" "$(json_text "${pair#*=}")" ;;
      *) fail 2 "--labels: expected key=value with commas between, got \"$1\"" ;;
    esac
    comma=,
  done
  printf '}'
}

# 8GiB or 500MiB in MiB.
memory_mib() {
  number=${1%[MG]iB}
  case ${number} in
    '' | *[!0-9]* | ????????*) fail 2 "--memory: expected a size such as 8GiB, got \"$1\"" ;;
    *) ;;
  esac
  case $1 in
    *GiB) echo "$((number * 1024))" ;;
    *MiB) echo "${number}" ;;
    *) fail 2 "--memory: expected a size such as 8GiB, got \"$1\"" ;;
  esac
}

write_settings() {
  make_folder "$(dirname "${env_file}")"
  if [ -n "${ca}${pin}" ]; then
    if [ -n "${ca}" ]; then cat "${ca}" >"${ca_file}.new"; else fetch ca.crt "${ca_file}.new"; fi
    settle "${ca_file}" 644
  elif [ -e "${ca_file}" ]; then
    rm "${ca_file}"
    changed=yes
  fi
  write_secret
  # A first run without it is told of this one.
  [ -n "${health}" ] || [ -e "${env_file}" ] || health=127.0.0.1:0
  {
    setting MUSTER_ORCHESTRATOR_URL "${url}"
    [ -z "${ca}${pin}" ] || setting MUSTER_CA_FILE "${ca_file}"
    secret_setting
    setting MUSTER_STATE "${state}"
    chosen MUSTER_HEALTH "${health}"
    chosen MUSTER_WORKER_NAME "${worker_name}"
    chosen MUSTER_WORKER_CLASS "${class}"
    chosen MUSTER_LABELS "${labels_told}"
    chosen MUSTER_CPUS "${cpus}"
    chosen MUSTER_MEMORY_MIB "${memory_told}"
    chosen MUSTER_GPUS "${gpus}"
  } | (umask 077 && cat >"${env_file}.new")
  settle "${env_file}" 600
}

# Sets vendors: of the GPUs that the agent finds here and is to offer.
find_gpus() {
  wanted=$(sed -n 's/^MUSTER_GPUS="\(.*\)"$/\1/p' "${env_file}")
  found=$("${home}/bin/muster-agent" gpus "${wanted:-auto}") || found=''
  vendors=$(printf '%s' "${found}" | cut -d ' ' -f 1 | sort -u | tr '\n' ' ')
  [ -z "${found}" ] || printf '%s\n' "${found}" | while IFS= read -r card; do say "GPU: ${card#* }"; done
}
