"""Pages of disclosure: archives and records, publications, the policy; certified searches for staff and for anybody."""
