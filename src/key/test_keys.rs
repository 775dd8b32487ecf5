//! Public keys that ssh-keygen made for these tests; nobody keeps their private halves, but for the one shown here.

pub(super) const ED25519: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA+5oZZLCMkJLhRafEAxyGK5NxKwn65cagNYyKwkljZT alice@laptop";
pub(super) const RSA_1024: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDTGslrsC1iUoVkyZYIuDoK8LsLuGVDjfaJAMmgrr1hgkOIjl+RRQAmDXtq2AOKZYD+bMriosNWR0q+kPB2GFrVMsHQbYD3b9ZlxndlGXcWNXKNm20EKJiBVJBJKlImMLGZbXE1Cc+MtZN/wufcw0l6tW4fQB1gPEaH7Z1UDkpQfQ== r1";
pub(super) const RSA_2048: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCWKaAB9gbWAAWzYJJQTzInV1i1dqbYcNIiw1VD/WWOUfem28FmBOCNaW2KaIE5cHAROQpQxq2n+yN5b4UC9DeiXJTN2QcGQzyYxhnUwW2xvF+SEkL2dBChnAvbZnN5YEKKS5GRFWQnE70dCLWr5rbQ3SLzUN9avfKPNg+Dmv3MVQOcFjR7XRKVASd5opeyOBRZ6aqBII/j0PKFLIXzcDcbnUuDW57Ffkbs9bfk/SdVc0dtsZbMKJ8BUzSzOfiw5lePiK8MdoRY0oQeI2iqE3Cj10IM6//sUyqy59AxqbGRYRHu93i9nhgE2adPPGCVs0LQ0DV1KzTp0KM+o9oY1btt r2";
pub(super) const RSA_3072: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC19sIE4Za5jq+HHV2Qu40Jh/kzVynfM9IpTMjaEYJdhOLgOiqRQvP7gP93UiWImlJq5DonWaE7DlLqEen7i+b6J6U0Xpv6kN+H4EX4J6L5z9kIaDjOHTds51Hz6XeMZqn99YWGQg/mmyeHmdyXV3R/S16VRqOooPapFhauPNhU+dtgeLKJnJrJgBNYVTT/w8rqp7IxPCkkqS7Cot7iYL79adksG3IQasJiVeWnMYx466OCMK6atytT50UivxnQTVA5nf2fYMPljtxTK6feG86VNP/9h0FUTsfdkBT1Au/jXmp5Thxk8+lFVWlcojekNipN2G4MwbAFxu+4pdRCzRsTlNUBMK7aECxyxpSeb2TJ+NAerkAeTbtT+Gk39PDqxgmLOy081nbKO/h0nABUjA6IXuEhvBNCWGiJAnq7ZlY8PvIUHIKuTXTofAgUd4MIzbwXmKK5ndyxz5sfJnXuuErvobhpcUi9TtWzXEWWNRj2LQJWBsqH9NmCAAYTEu2Mm4U= r3";
pub(super) const P256: &str = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBOn+5nYQbu0p/mtOZfDY9fBFNYh5pmGDrrJskfhmZ2u+ylc9dYii8v/11MddT75sxsK8po5xz33ktfAzMuT/s9k= e256";
pub(super) const P384: &str = "ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBK3bHPDwAceZL2MVZzpN4eOdra5f2iEt55OslEjXZZ83aXYYvMidjYRRgYtW7kcMNXRXzH+vY/3EmM2HR201juRql50iETb2mJFLOFRnYxa7TykN99OXFlAu1SIKIztutw== e384";
pub(super) const P521: &str = "ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBACQ2Dijm4PYPnpmKF6mjD5R/ZcpnsY4HERjIzWiUo7wD08RdoSQHnL9a9j5K5OAO1J+TDVdO9piYgnhkS2BCdcLQwCiUcpdCkerM46B9n5uFhQhk149rxCbwX9DWI93mxhTK8hVPkEPgWb63mqxs7cHvF0+bnJXX5OCkyQN7NvxQz3YgA== e521";
pub(super) const DSA: &str = "ssh-dss AAAAB3NzaC1kc3MAAACBAO4TWY12Zc0FrIcvccnVTxafbl2WhNvfoMGVVOB0gcnDvhv6Fu66MB9y3AlooEq5qbvx1aRv/ElKBvYNC7AlHHJSR6LsDHx9E0mtajcD5pGWIxLKBvJ9LsF6aeIfWhUXTDO7g8d3Zs0OROCPyh7Wv+1gETNaYiAMsxqP0Ff1lHttAAAAFQCPGX6loKc0i1niZbxVDmisN1XdtQAAAIBlhYBLdCwWV6NU4PVXW9OQZz8IHsyeqHSYRJ9c5UbpHuSWqFC59m3MIqXuiMhW3v7aT0y8grlMKHVSeOQ++wmdaTK6yudyutYv6gH7O9obUllSBIEOguEmYhd6MQ0071Bz043J3VQovGZ6o8AmXeoiRuh5RLV/pPUW8JNQNgwdFwAAAIBbEx+eIz3YIjiv4NDTpQ8zB15nj+oPJCrgn3Bo4cUjUWrqk6N6mTKbYW7l/qC54Pb0BXx0DsB4yMQcMF/vw6mQtKcZ0rQjnsziqKi2JJ+XuiBILpYcfuDM28sY1AzY4LychAfGo1lPf0mgMJ2i6zAHvY4SgjL2WBQ1AiqA/svSng== dsa";
pub(super) const CERT: &str = "ecdsa-sha2-nistp256-cert-v01@openssh.com AAAAKGVjZHNhLXNoYTItbmlzdHAyNTYtY2VydC12MDFAb3BlbnNzaC5jb20AAAAgbeBCsidsX4NkynR6HRDrgkXdJhRnPti7T5rgI+hHrcgAAAAIbmlzdHAyNTYAAABBBOn+5nYQbu0p/mtOZfDY9fBFNYh5pmGDrrJskfhmZ2u+ylc9dYii8v/11MddT75sxsK8po5xz33ktfAzMuT/s9kAAAAAAAAAAAAAAAEAAAACaWQAAAAJAAAABWFsaWNlAAAAAAAAAAD//////////wAAAAAAAACCAAAAFXBlcm1pdC1YMTEtZm9yd2FyZGluZwAAAAAAAAAXcGVybWl0LWFnZW50LWZvcndhcmRpbmcAAAAAAAAAFnBlcm1pdC1wb3J0LWZvcndhcmRpbmcAAAAAAAAACnBlcm1pdC1wdHkAAAAAAAAADnBlcm1pdC11c2VyLXJjAAAAAAAAAAAAAAAzAAAAC3NzaC1lZDI1NTE5AAAAIA+5oZZLCMkJLhRafEAxyGK5NxKwn65cagNYyKwkljZTAAAAUwAAAAtzc2gtZWQyNTUxOQAAAED/FBZTqzXDbO5io1FP4Jc+irjf6oE8wUUmM6saUZ57nJ10Bx1XtEIHbzHwYFyrEc+Kzx0wmst7wbAe32iwRGkL e256";
/// The point of [`ED25519`] as a security key's.
pub(super) const SK_ED25519: &str = "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIA+5oZZLCMkJLhRafEAxyGK5NxKwn65cagNYyKwkljZTAAAABHNzaDo= key";
/// The point of [`P256`] as a security key's.
pub(super) const SK_P256: &str = "sk-ecdsa-sha2-nistp256@openssh.com AAAAInNrLWVjZHNhLXNoYTItbmlzdHAyNTZAb3BlbnNzaC5jb20AAAAIbmlzdHAyNTYAAABBBOn+5nYQbu0p/mtOZfDY9fBFNYh5pmGDrrJskfhmZ2u+ylc9dYii8v/11MddT75sxsK8po5xz33ktfAzMuT/s9kAAAAEc3NoOg== key";
/// The private half of [`ED25519`], without a passphrase.
pub(super) const ED25519_PRIVATE: &str = "\
-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
QyNTUxOQAAACAPuaGWSwjJCS4UWnxAMchiuTcSsJ+uXGoDWMisJJY2UwAAAJA2AZOFNgGT
hQAAAAtzc2gtZWQyNTUxOQAAACAPuaGWSwjJCS4UWnxAMchiuTcSsJ+uXGoDWMisJJY2Uw
AAAEAuAuM1sJ0tJ/CsbJoEL+id3LZ/w7VJ1BOI2Jk0VmyoEg+5oZZLCMkJLhRafEAxyGK5
NxKwn65cagNYyKwkljZTAAAADGFsaWNlQGxhcHRvcAE=
-----END OPENSSH PRIVATE KEY-----
";

/// A `string` of RFC 4251.
pub(super) fn string(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).unwrap();
    [length.to_be_bytes().as_slice(), bytes].concat()
}

/// The second word of a line.
pub(super) fn base64(line: &str) -> &str {
    line.split(' ').nth(1).unwrap()
}
