"""Row D12: the catalogue of approvals in its versions, and intermediaries cut loose from the bodies they served."""
