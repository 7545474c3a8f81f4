#!/usr/bin/env bash
# What a machine on AWS asks with its own identity: the facts of its instance, and what the role of the instance may do.
# Endpoints are those of the AWS SDKs' environment variables, where they are set.
: "${PARAMETER:?}"

readonly metadata_endpoint=${AWS_EC2_METADATA_SERVICE_ENDPOINT:-http://169.254.169.254}

# metadata PATH: a fact of this instance, by the second version of the instance metadata service.
metadata() {
  local session
  session=$(curl --silent --show-error --fail --max-time 10 --request PUT \
    --header "X-aws-ec2-metadata-token-ttl-seconds: 60" "$metadata_endpoint/latest/api/token") || return
  curl --silent --show-error --fail --max-time 10 \
    --config <(option header "X-aws-ec2-metadata-token: $session") "$metadata_endpoint/latest/meta-data/$1"
}

# call_service NAME ENDPOINT BODY OPTION...: one call, signed by curl with the credentials of the instance's role; the endpoint
# is the service's own where it is empty.
call_service() {
  local service=$1 endpoint=$2 body=$3 region domain role credentials
  shift 3
  region=$(metadata placement/region) || return
  domain=$(metadata services/domain) || return
  role=$(metadata iam/security-credentials/) || return
  credentials=$(metadata "iam/security-credentials/$role") || return
  curl --silent --show-error --fail-with-body --max-time 30 --aws-sigv4 "aws:amz:$region:$service" "$@" \
    --config <(
      option user "$(json_field AccessKeyId <<<"$credentials"):$(json_field SecretAccessKey <<<"$credentials")"
      option header "X-Amz-Security-Token: $(json_field Token <<<"$credentials")"
      option data "$body"
    ) "${endpoint:-https://$service.$region.$domain}/"
}

# parameter_store ACTION BODY
parameter_store() {
  call_service ssm "${AWS_ENDPOINT_URL_SSM:-}" "$2" \
    --header "Content-Type: application/x-amz-json-1.1" --header "X-Amz-Target: AmazonSSM.$1"
}

get_parameter() {
  local answer
  answer=$(parameter_store GetParameter "{\"Name\":\"$PARAMETER\",\"WithDecryption\":true}") || {
    echo "$answer"
    return 1
  }
  json_field Value <<<"$answer"
}

# put_parameter VALUE
put_parameter() {
  parameter_store PutParameter "{\"Name\":\"$PARAMETER\",\"Type\":\"SecureString\",\"Overwrite\":true,\"Value\":\"$1\"}"
}

# option NAME VALUE: a line of curl's configuration, which is no part of its command line.
option() {
  local value=${2//\\/\\\\}
  printf '%s = "%s"\n' "$1" "${value//\"/\\\"}"
}

# json_field NAME: the first text of this name.
json_field() {
  grep --only-matching "\"$1\" *: *\"[^\"]*\"" | head -n 1 | sed 's/^[^:]*: *"//; s/"$//'
}
