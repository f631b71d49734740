import { authService, RefreshToken } from "@warlock.js/auth";
import type { Request, Response } from "@warlock.js/core";

export async function listSessions(request: Request, response: Response) {
  const tokens = await authService.getActiveSessions(request.user);
  return response.success({
    sessions: tokens.map((token) => ({
      id: token.id,
      deviceInfo: token.get("device_info"),
      createdAt: token.get("created_at"),
      lastUsedAt: token.get("last_used_at"),
    })),
  });
}

export async function revokeSession(request: Request, response: Response) {
  const token = await RefreshToken.first({
    id: request.input("id"),
    user_id: request.user.id,
    user_type: request.user.userType,
  });
  if (!token) return response.notFound({ error: "Session not found" });
  await token.revoke();
  return response.success({ message: "Session revoked" });
}
