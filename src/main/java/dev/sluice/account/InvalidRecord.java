package dev.sluice.account;

/** A value that no record may have; says which field and what is wrong, on one short line. */
public final class InvalidRecord extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String field;
  private final String problem;

  InvalidRecord(String field, String problem) {
    super(field + ": " + problem);
    this.field = field;
    this.problem = problem;
  }

  /** As it is called in JSON and YAML. */
  public String field() {
    return field;
  }

  /** What is wrong with it. */
  public String problem() {
    return problem;
  }
}
