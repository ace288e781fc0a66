package dev.sluice.policy;

/** What a door for an edge decides, so that nothing is charged twice. */
public enum DoorMode {
  /**
   * Sluice's gateway stands behind the edge: the door looks at the key and charges nothing; the
   * gateway decides and charges.
   */
  FRONT,

  /**
   * The edge routes straight to the backends: the door decides and charges all that it can know.
   */
  FULL
}
