"""Row M4.1 of the notice: nobody is recorded in silence. Notice, objection, complaint, exemption, repair."""
