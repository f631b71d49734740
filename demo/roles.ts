/** What a user of the demo may do: editors publish. */
export const ROLES = ["reader", "editor"] as const;
export type Role = (typeof ROLES)[number];

/** A role, or `null` for anything else. */
export function toRole(value: unknown): Role | null {
  return ROLES.find((role) => role === value) ?? null;
}

/** The role in a row of the database; who has none is a reader. */
export function roleIn(row: unknown): Role {
  const isRow = typeof row === "object" && row !== null && "role" in row;
  return (isRow ? toRole(row.role) : null) ?? "reader";
}
