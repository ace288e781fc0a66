package dev.sluice.account;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A network of IPv4 or IPv6 addresses.
 *
 * @param cidr as {@code 10.0.0.0/8} or {@code 2001:db8:0:0:0:0:0:0/32}: the address as Java writes
 *     it, with no bit set behind the prefix
 */
public record Network(String cidr) implements Comparable<Network> {
  private static final Pattern FORM =
      Pattern.compile(
          "([0-9]{1,3}(?:\\.[0-9]{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)/([0-9]{1,3})");

  private static final int LONGEST = 64;

  public Network {
    if (!canonical(cidr).equals(cidr)) {
      throw new InvalidRecord("networks", "is written " + canonical(cidr));
    }
  }

  /** Reads an address with its prefix; an address alone is a network of one. */
  public static Network parse(String text) {
    String stripped = text.length() > LONGEST ? text : text.strip();
    String suffix = stripped.contains("/") ? "" : stripped.contains(":") ? "/128" : "/32";
    return new Network(canonical(stripped + suffix));
  }

  /** Whether an address lies in it. One of IPv4 that is written as IPv6 is of IPv4. */
  public boolean contains(InetAddress address) {
    int slash = cidr.indexOf('/');
    byte[] first = address(cidr, cidr.substring(0, slash)).getAddress();
    byte[] other = address.getAddress();
    return first.length == other.length
        && Arrays.equals(first, masked(other, Integer.parseInt(cidr.substring(slash + 1))));
  }

  @Override
  public int compareTo(Network other) {
    return cidr.compareTo(other.cidr);
  }

  private static String canonical(String cidr) {
    // Of a bounded length, as the pattern could take the square of it.
    Matcher form = FORM.matcher(cidr);
    if (cidr.length() > LONGEST || !form.matches()) {
      throw invalid(cidr);
    }
    InetAddress address = address(cidr, form.group(1));
    int prefix = Integer.parseInt(form.group(2));
    byte[] bytes = address.getAddress();
    if (prefix > 8 * bytes.length) {
      throw invalid(cidr);
    }
    if (!Arrays.equals(bytes, masked(bytes, prefix))) {
      throw new InvalidRecord("networks", "'" + cidr + "' has bits behind its prefix of " + prefix);
    }
    return address.getHostAddress() + "/" + prefix;
  }

  /** Of digits and separators only, so that nothing is looked up. */
  private static InetAddress address(String cidr, String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw invalid(cidr);
    }
  }

  private static byte[] masked(byte[] address, int prefix) {
    byte[] masked = new byte[address.length];
    for (int i = 0; i < address.length; i++) {
      int bits = Math.max(0, Math.min(8, prefix - 8 * i));
      masked[i] = (byte) (address[i] & (0xFF << (8 - bits)));
    }
    return masked;
  }

  private static InvalidRecord invalid(String text) {
    return new InvalidRecord(
        "networks", "expected 10.0.0.0/8 or 2001:db8::/32, found '" + Names.shown(text) + "'");
  }
}
