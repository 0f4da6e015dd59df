class ReservationService(:
    pass
