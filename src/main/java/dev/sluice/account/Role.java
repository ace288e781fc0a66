package dev.sluice.account;

/** What a user may do in an organization. */
public enum Role {
  /** Billing, budgets and limits of the organization. */
  ORGANIZATION_ADMIN,
  /** Keys and usage of the projects that name the user as an owner. */
  PROJECT_OWNER,
  /** Uses keys. */
  DEVELOPER,
  /** Reads usage and gets alerts. */
  FINOPS
}
