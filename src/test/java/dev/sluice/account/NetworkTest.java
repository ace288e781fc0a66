package dev.sluice.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NetworkTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.255.255, true",
    "10.0.0.0/8, 11.0.0.0, false",
    "10.0.0.0/8, ::ffff:10.1.2.3, true",
    "192.168.1.128/25, 192.168.1.128, true",
    "192.168.1.128/25, 192.168.1.127, false",
    "0.0.0.0/0, 203.0.113.9, true",
    "0.0.0.0/0, 2001:db8::1, false",
    "192.0.2.7, 192.0.2.7, true",
    "192.0.2.7, 192.0.2.8, false",
    "2001:db8::/32, 2001:db8:ffff::1, true",
    "2001:db8::/32, 2001:db9::, false",
    "2001:db8::/33, 2001:db8:8000::, false",
    "::/0, ::1, true",
    "::1, ::1, true",
    "::1, ::2, false",
  })
  void contains_addressesOfBothKinds(String network, String address, boolean contained)
      throws UnknownHostException {
    Network parsed = Network.parse(network);

    assertThat(parsed.contains(InetAddress.getByName(address))).isEqualTo(contained);
    assertThat(new Network(parsed.cidr())).isEqualTo(parsed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "10",
        "10.0.0/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.256/32",
        "010.0.0.300",
        "::/129",
        ":::/8",
        "1::2::3/8",
        "fe80::1%eth0/64",
        "localhost",
        "example.org/8",
        "10.0.0.0/-1",
        "10.0.0.0/8/8",
        "10.0.0.1/8",
        "2001:db8::1/32",
        "10.0.0.0 /8"
      })
  void parse_somethingElse_isRefusedWithoutAsking(String text) {
    assertThatThrownBy(() -> Network.parse(text))
        .isInstanceOf(InvalidRecord.class)
        .hasMessageStartingWith("networks: ");
  }
}
