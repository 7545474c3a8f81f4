/**
 * A CA certificate. Made once with
 * `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=kubernetes -days 36500`.
 */
export const caCertificate = `-----BEGIN CERTIFICATE-----
MIIBYjCCAQigAwIBAgIUTEZN85vVMokIkUaL2NmG1OHmuXowCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKa3ViZXJuZXRlczAgFw0yNjExMjEwNDQyMTdaGA8yMTI2MTAy
ODA0NDIxN1owFTETMBEGA1UEAwwKa3ViZXJuZXRlczBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABCZG0frTaDaj5gkNnMTZEa59gQzennm/rLvcpYS5IVwJNIL6AFkG
JvWqWDVJG0ViVEEwTTXfHX8ZFJk8MhK620OjNDAyMB8GA1UdIwQYMBaAFIiWG2Qz
0y+HTz2lqRAeAqN2RIoJMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAw
RQIgXbe9Yn5pXt0obK7slpKGXdmNezJFeui8k8pP8zOu3okCIQDoA2ely15pEnCy
gK6MmBM4FGF+GFSyXSWmB5WbNyMXNA==
-----END CERTIFICATE-----
`;

/** Its hash, by `openssl x509 -pubkey -noout | openssl pkey -pubin -outform der | sha256sum`. */
export const caCertificateHash = "sha256:6cf11b765b96cd7054d6c54811cdb34a903ce207032bfb884def45030dda904f";
